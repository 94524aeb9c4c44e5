/** A net of thickened septa in the lung: at the bases, or everywhere. */
import type { UnitBox } from "../../../images/boxes.ts";
import type { Anatomy } from "../anatomy.ts";
import type { Field } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { angleY, chestWall, lungBounds, lungDepth, rowAt, type Side, sides, xAt } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { boundsWhere, direction, ellipseDepth, mix, smoothstep } from "../shapes.ts";
import { type ValueNoise, valueNoise } from "../value-noise.ts";
import { degree, type Laterality, lateralityOf, say, sentences, sideWords, type Wording } from "../wording.ts";

interface Grade {
  readonly en: string;
  readonly masculine: string;
  readonly feminine: string;
}

const mild: Grade = { en: "mild ", masculine: "leve ", feminine: "leve " };
const plain: Grade = { en: "", masculine: "", feminine: "" };
const marked: Grade = { en: "marked ", masculine: "marcado ", feminine: "marcada " };

interface Net {
  readonly field: Field;
  readonly bounds: UnitBox;
  readonly box: UnitBox;
}

function netIn(anatomy: Anatomy, side: Side, isDiffuse: boolean, strength: number, noise: ValueNoise): Net {
  const lung = anatomy.lungs[side];
  const middle = rowAt(lung, isDiffuse ? 0.55 : 0.84);
  const area = {
    centre: { x: xAt(anatomy, side, 0.62 * chestWall(lung, middle)), y: middle },
    axis: direction(0, 1),
    radius: (angleY(lung) - lung.apexY) * (isDiffuse ? 0.5 : 0.26),
    crossRadius: isDiffuse ? 0.15 : 0.14,
  };
  const bounds = lungBounds(anatomy, lung);
  const air = aeratedDepth(anatomy, lung);
  const depth = lungDepth(lung, anatomy.midline);
  const cover: Field = (x, y) => smoothstep(0, 0.4, ellipseDepth(area, x, y));
  // Lines run where a smooth noise changes its sign.
  const line = (x: number, y: number, frequency: number) => {
    const ridge = Math.max(0, 1 - 2.6 * Math.abs(noise.at(x, y, frequency)));
    return ridge * ridge;
  };
  const field: Field = (x, y) => {
    const share = cover(x, y);
    if (share === 0 || depth(x, y) === 0) return 0;
    return strength * share * (0.5 + 0.8 * line(x, y, 47) + 0.7 * line(x + 7, y, 83) + 0.35 * noise.at(x, y, 120));
  };
  return { field, bounds, box: boundsWhere(bounds, (x, y) => cover(x, y) * air(x, y) > 0.16) };
}

export const interstitialPattern: FindingKind = {
  label: "interstitial pattern",
  labelGroup: "interstitial pattern",
  absent: sentences(
    ["no interstitial pattern", "no se observa patrón intersticial"],
    ["no interstitial involvement", "sin afectación intersticial"],
    ["no reticular opacities in the lungs", "sin opacidades reticulares en los pulmones"],
  ),
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const isDiffuse = random.uniform() < 0.4;
    const affected: readonly Side[] = isDiffuse || random.uniform() < 0.6 ? sides : [random.choose(sides)];
    const noise = valueNoise(random);
    const nets = affected.map((side) => netIn(anatomy, side, isDiffuse, mix(0.1, 0.19, extent), noise));
    const laterality = lateralityOf(affected);
    const grade = degree(
      extent,
      [
        [0.35, mild],
        [0.7, plain],
      ],
      marked,
    );
    return {
      boxes: nets.map(({ box }) => box),
      locations: [laterality, isDiffuse ? "lung field" : "basal"],
      sentence: say(random, ...(isDiffuse ? diffuse(grade) : basal(grade, laterality))),
      paint: (canvas) => {
        for (const { field, bounds } of nets) canvas.add("markings", bounds, field);
      },
    };
  },
};

function diffuse({ en, masculine, feminine }: Grade): Wording[] {
  return [
    [`${en}diffuse bilateral interstitial pattern`, `${masculine}patrón intersticial difuso bilateral`],
    [
      `${en}diffuse interstitial involvement of both lungs`,
      `${feminine}afectación intersticial difusa de ambos pulmones`,
    ],
    [
      `${en}bilateral reticular interstitial pattern with diffuse distribution in both lung fields`,
      `${masculine}patrón intersticial reticular bilateral de distribución difusa en ambos campos pulmonares`,
    ],
  ];
}

function basal({ en, masculine }: Grade, laterality: Laterality): Wording[] {
  const side = sideWords[laterality];
  const [base, baseEs] =
    laterality === "bilateral"
      ? ["both lung bases", "ambas bases pulmonares"]
      : [`the ${side.en} lung base`, `base pulmonar ${side.feminine}`];
  return [
    [`${en}${side.en} basal interstitial pattern`, `${masculine}patrón intersticial basal ${side.masculine}`],
    [`${en}reticular pattern in ${base}`, `${masculine}patrón reticular en ${baseEs}`],
    [`${en}increase of interstitial markings in ${base}`, `${masculine}aumento de la trama intersticial en ${baseEs}`],
  ];
}
