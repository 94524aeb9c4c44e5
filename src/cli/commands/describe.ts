/** `regionformer describe`: one film and boxes in, one sentence out. */
import { z } from "zod";
import { disclaimer, syntheticOnly } from "../../base/notices.ts";
import { generationSettings, searchShape } from "../../generate/index.ts";
import { openDescriber } from "../../generate/node/index.ts";
import { readFilm } from "../../images/node/index.ts";
import { isEmbedded, locateModel } from "../../models/node/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { describeBox, parseBox } from "../options/boxes.ts";
import { engineOptions } from "../options/engine.ts";

export const describe = defineCommand({
  description:
    "Writes the finding inside the boxes of one film, with the best checkpoint of a run. Without --run the embedded tiny " +
    "models answer, which know synthetic films only.",
  arguments: [{ name: "image", summary: "Film: PNG (8 or 16 bit), JPEG or DICOM.", required: true }],
  options: z.object({
    run: z.string().default("tiny-regionformer").describe("Run folder of `train`, or the embedded one"),
    box: z.array(z.string()).default([]).describe("Box x1,y1,x2,y2 of the finding, in fractions of width and height"),
    pixels: z.boolean().default(false).describe("The boxes are in pixels of the film"),
    encoderModel: z.string().optional().describe("CLIP folder, where it is not at the place of the encoding"),
    decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
    ...searchShape,
    alternatives: z.boolean().default(false).describe("Show the other beams too"),
    ...engineOptions,
  }),
  examples: [
    "describe film.png --box 0.38,0.42,0.82,0.72",
    "describe film.png --box 0.38,0.42,0.82,0.72 --run runs/image-mask",
    "describe film.png --box 120,300,400,520 --box 600,310,880,540 --pixels --run runs/image-mask --json",
  ],
  async run({ arguments: { image }, options }, context) {
    const film = await readFilm(image);
    const boxes = options.box.map((text) => parseBox(text, film, options.pixels));
    const { bestCheckpointPath } = await Run.open(locateModel(options.run));
    const settings = generationSettings({ ...options, batchSize: 1 });
    const runtime = await openDevice(options, context);
    await using describer = await openDescriber(runtime, bestCheckpointPath, { ...options, settings });
    const { mode } = describer.info.input;
    if (mode === "image" && boxes.length > 0) {
      context.log.warn("the run reads films alone: its sentence is not about the boxes");
    } else if (mode !== "image" && boxes.length === 0) {
      const seen = mode === "image+box" ? "its numbers are zeros" : "the mask is black";
      context.log.warn(`no --box given: ${seen}, as for a negative sentence`);
    }
    const { captions, outsideView } = await describer.describe(film, boxes);
    if (outsideView.some((share) => share > 0)) {
      const shares = outsideView.map((share) => `${Math.round(100 * share)}%`).join(", ");
      context.log.warn(`the encoder's view cuts off ${shares} of the boxes`);
    }
    const [best, ...others] = captions;
    const shown = boxes.map((box, i) => ({ ...describeBox(box, film), outsideView: outsideView[i]! }));
    const notices = [...(isEmbedded(options.run) ? [syntheticOnly] : []), disclaimer];
    return {
      document: {
        image,
        run: options.run,
        size: { width: film.width, height: film.height },
        boxes: shown,
        mode,
        finding: best.text.trim(),
        score: best.score,
        ...(options.alternatives ? { alternatives: others } : {}),
        notice: notices.join(" "),
      },
      text: [
        best.text.trim(),
        ...(options.alternatives ? others.map(({ text, score }) => `  or (${score.toFixed(3)}): ${text.trim()}`) : []),
        ...shown.map(
          ({ unit, pixel }) => `box ${Object.values(unit).join(",")} (pixels ${Object.values(pixel).join(",")})`,
        ),
        ...notices,
      ].join("\n"),
    };
  },
});
