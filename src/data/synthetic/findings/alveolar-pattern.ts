/** Patches of filled air spaces that run together: around both hila, or in one zone. */
import type { FindingKind } from "../finding.ts";
import { chestWall, rowAt, type Side, sides, xAt, zones } from "../lungs.ts";
import { joinOpacities, type Opacity, unevenOpacity, visibleBounds } from "../opacity.ts";
import { direction, mix, type Point } from "../shapes.ts";
import { valueNoise } from "../value-noise.ts";
import { lateralityOf, lungField, say, sentences, type Wording } from "../wording.ts";

const zoneMiddle = { upper: 0.25, middle: 0.52, lower: 0.78 } as const;

/** Patches are strewn over a square around the middle, in these steps of its half width. */
const patchPlaces = [
  { x: 0, y: 0 },
  { x: -0.75, y: -0.5 },
  { x: 0.7, y: -0.6 },
  { x: -0.6, y: 0.65 },
  { x: 0.75, y: 0.6 },
  { x: 0.05, y: -0.95 },
  { x: -0.05, y: 0.95 },
] as const;

export const alveolarPattern: FindingKind = {
  label: "alveolar pattern",
  labelGroup: "alveolar pattern",
  absent: sentences(
    ["no alveolar pattern", "no se observa patrón alveolar"],
    ["no alveolar infiltrates", "sin infiltrados alveolares"],
    ["no airspace opacities are identified", "no se identifican opacidades del espacio aéreo"],
  ),
  kin: ["consolidation"],
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const affected: readonly Side[] = random.uniform() < 0.4 ? sides : [random.choose(sides)];
    const zone = random.choose(zones);
    const isBilateral = affected.length > 1;
    const reach = mix(0.055, 0.085, extent);
    const noise = valueNoise(random);
    const strength = random.between(0.5, 0.6);
    const opacityOf = (side: Side): Opacity => {
      const lung = anatomy.lungs[side];
      const y = isBilateral ? anatomy.carinaY + 0.12 : rowAt(lung, zoneMiddle[zone]);
      const centre: Point = { x: xAt(anatomy, side, isBilateral ? 0.185 : 0.64 * chestWall(lung, y)), y };
      return joinOpacities(
        patchPlaces.map((place) => {
          const patch = {
            centre: {
              x: centre.x + reach * (place.x + random.between(-0.2, 0.2)),
              y: centre.y + reach * (1.15 * place.y + random.between(-0.2, 0.2)),
            },
            axis: direction(1, random.between(-1, 1)),
            radius: reach * random.between(0.8, 1.05),
            crossRadius: reach * random.between(0.6, 0.8),
          };
          return unevenOpacity(patch, noise, strength * random.between(0.75, 1));
        }),
      );
    };
    const opacities = affected.map((side) => ({ side, opacity: opacityOf(side) }));
    const field = lungField(affected[0]!, zone);
    const isLarge = extent > 0.55;
    return {
      boxes: opacities.map(({ side, opacity }) => visibleBounds(anatomy, side, opacity)),
      locations: isBilateral ? ["bilateral", "perihilar"] : [lateralityOf(affected), field.location],
      sentence: say(random, ...(isBilateral ? bilateralWordings(isLarge) : wordings(field, isLarge))),
      paint: (canvas) => {
        for (const { opacity } of opacities) {
          canvas.scale("air", opacity.bounds, (x, y) => 1 - opacity.share(x, y));
        }
      },
    };
  },
};

function wordings({ en, es }: { readonly en: string; readonly es: string }, isLarge: boolean): Wording[] {
  if (isLarge) {
    return [
      [`extensive alveolar pattern in the ${en}`, `extenso patrón alveolar en ${es}`],
      [`confluent alveolar infiltrate in the ${en}`, `infiltrado alveolar confluente en ${es}`],
      [
        `confluent airspace opacities in the ${en} suggestive of pneumonia`,
        `opacidades confluentes del espacio aéreo en ${es} sugestivas de neumonía`,
      ],
    ];
  }
  return [
    [`alveolar pattern in the ${en}`, `patrón alveolar en ${es}`],
    [`patchy alveolar infiltrate in the ${en}`, `infiltrado alveolar parcheado en ${es}`],
    [
      `patchy airspace opacities in the ${en} suggestive of pneumonia`,
      `opacidades parcheadas del espacio aéreo en ${es} sugestivas de neumonía`,
    ],
  ];
}

function bilateralWordings(isLarge: boolean): Wording[] {
  const [size, tamaño, extensos] = isLarge ? ["extensive ", "extenso ", "extensos "] : ["", "", ""];
  return [
    [`${size}bilateral perihilar alveolar pattern`, `${tamaño}patrón alveolar perihiliar bilateral`],
    [`${size}bilateral alveolar infiltrates`, `${extensos}infiltrados alveolares bilaterales`],
    [
      `${size}bilateral perihilar alveolar opacities in a butterfly distribution`,
      `${isLarge ? "extensas " : ""}opacidades alveolares perihiliares bilaterales con distribución en alas de mariposa`,
    ],
  ];
}
