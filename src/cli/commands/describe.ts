/** `regionformer describe`: one film and boxes in, one sentence out. */
import { z } from "zod";
import { ModelError } from "../../base/errors.ts";
import { openEncoder, preprocessingVersion } from "../../features/index.ts";
import { checkEncoder, encoderOfCheckpoint } from "../../features/node/index.ts";
import { Captioner } from "../../generate/index.ts";
import { filmInput, fractionOutsideView, maskInput } from "../../images/index.ts";
import { readFilm } from "../../images/node/index.ts";
import { joinVectors } from "../../models/captioner/index.ts";
import { loadCaptioner, loadEncoder } from "../../models/node/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { describeBox, parseBox } from "../options/boxes.ts";
import { engineOptions } from "../options/engine.ts";
import { generationOptions, generationSettings } from "../options/generation.ts";

const disclaimer = "For research use; not a medical device.";

export const describe = defineCommand({
  description: "Writes the finding inside the boxes of one film, with the best checkpoint of a run.",
  arguments: [{ name: "image", summary: "Film: PNG (8 or 16 bit) or JPEG.", required: true }],
  options: z.object({
    run: z.string().describe("Run folder of `train`"),
    box: z.array(z.string()).default([]).describe("Box x1,y1,x2,y2 of the finding, in fractions of width and height"),
    pixels: z.boolean().default(false).describe("The boxes are in pixels of the film"),
    encoderModel: z.string().optional().describe("CLIP folder, where it is not at the place of the encoding"),
    decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
    ...generationOptions,
    alternatives: z.boolean().default(false).describe("Show the other beams too"),
    ...engineOptions,
  }),
  examples: [
    "describe film.png --box 0.38,0.42,0.82,0.72 --run runs/image-mask",
    "describe film.png --box 120,300,400,520 --box 600,310,880,540 --pixels --run runs/image-mask --json",
  ],
  async run({ arguments: { image }, options }, context) {
    const film = await readFilm(image);
    const boxes = options.box.map((text) => parseBox(text, film, options.pixels));
    const { bestCheckpointPath } = await Run.open(options.run);
    const model = await loadCaptioner(bestCheckpointPath, options.decoderModel);
    const trainedOn = encoderOfCheckpoint(bestCheckpointPath, model.notes);
    const encoder = await loadEncoder(options.encoderModel ?? trainedOn.path);
    checkEncoder(
      bestCheckpointPath,
      { ...encoder.identity, preprocessing: preprocessingVersion, view: trainedOn.view },
      trainedOn,
    );
    const needsBox = model.info.input.mode !== "image";
    if (needsBox && boxes.length === 0)
      context.log.warn("no --box given: the mask is black, as for a negative sentence");
    const cut = boxes.map((box) => fractionOutsideView(box, film, trainedOn.view));
    if (cut.some((share) => share > 0)) {
      context.log.warn(
        `the encoder's view cuts off ${cut.map((share) => `${Math.round(100 * share)}%`).join(", ")} of the boxes`,
      );
    }
    const runtime = await openDevice(options, context);
    await using eye = await openEncoder(runtime, encoder.config, encoder.weights, 2);
    const [imageVector, maskVector] = await eye.encode([
      filmInput(film, trainedOn.view),
      maskInput(boxes, film, trainedOn.view),
    ]);
    if (imageVector === undefined || maskVector === undefined)
      throw new ModelError("The encoder gave no embedding.", { where: image });
    const tokenizer = await loadTokenizer(model.decoderDir, model.config.decoder.vocabularySize);
    await using captioner = await Captioner.open(
      runtime,
      model,
      tokenizer,
      generationSettings({ ...options, batchSize: 1 }),
    );
    const [captions] = await captioner.caption([joinVectors(imageVector, maskVector, model.info.input)]);
    const [best, ...others] = captions!;
    const shown = boxes.map((box, i) => ({ ...describeBox(box, film), outsideView: cut[i]! }));
    return {
      document: {
        image,
        size: { width: film.width, height: film.height },
        boxes: shown,
        mode: model.info.input.mode,
        finding: best!.text.trim(),
        score: best!.score,
        ...(options.alternatives ? { alternatives: others } : {}),
        notice: disclaimer,
      },
      text: [
        best!.text.trim(),
        ...(options.alternatives ? others.map(({ text, score }) => `  or (${score.toFixed(3)}): ${text.trim()}`) : []),
        ...shown.map(
          ({ unit, pixel }) => `box ${Object.values(unit).join(",")} (pixels ${Object.values(pixel).join(",")})`,
        ),
        disclaimer,
      ].join("\n"),
    };
  },
});
