/** Everything that is asked about one sentence of one film. */
import type { Film, UnitBox } from "../../images/index.ts";
import { fractionOutsideView } from "../../images/index.ts";
import { boxVariants } from "../counterfactual/box-variants.ts";
import { type Counterfactual, counterfactuals } from "../counterfactual/counterfactual.ts";
import type { Explainer, Written } from "../explainer.ts";
import { type LatentMaps, type LatentMode, latentMaps } from "../latent/latent-map.ts";
import { type Attribution, attribute, type MethodName, type MethodOptions } from "../methods/index.ts";
import { pixelsOf, type Question, type Subject } from "../subject.ts";

export interface ExplainedRow {
  /** Names the row in files: a number and the film. */
  readonly key: string;
  readonly image: string;
  readonly film: Film;
  readonly boxes: readonly UnitBox[];
  /** What should be said, where somebody knows. */
  readonly reference?: string | undefined;
}

export interface RowRequest extends MethodOptions {
  readonly methods: readonly MethodName[];
  /** A map for each token too, by these methods. */
  readonly perToken: boolean;
  readonly latent: readonly LatentMode[];
  readonly counterfactuals: boolean;
  /** The sentence to explain; the one the model writes when absent. */
  readonly sentence?: string | undefined;
}

export interface TokenExplanation {
  readonly text: string;
  /** log p, in nats. */
  readonly logProbability: number;
  readonly attributions: readonly Attribution[];
}

export interface RowExplanation {
  readonly row: ExplainedRow;
  readonly subject: Subject;
  readonly sentence: Written;
  /** For each box, the share of its area that the encoder's view cuts off. */
  readonly outsideView: readonly number[];
  /** Of the whole sentence, one a method. */
  readonly attributions: readonly Attribution[];
  readonly tokens: readonly TokenExplanation[];
  readonly latent: readonly { readonly mode: LatentMode; readonly maps: LatentMaps }[];
  readonly counterfactuals: readonly Counterfactual[];
}

/** @throws ModelError when a method does not fit the model */
export async function explainRow(
  explainer: Explainer,
  row: ExplainedRow,
  request: RowRequest,
): Promise<RowExplanation> {
  const squares = explainer.squaresOf(row.film, row.boxes);
  const [own] = request.sentence === undefined ? await explainer.write([squares]) : [explainer.read(request.sentence)];
  const sentence = own!;
  const subject: Subject = { squares, tokens: sentence.tokens };
  const { system } = explainer;
  const questions: Question[] = [{ subject, target: "sentence" }];
  if (request.perToken) questions.push(...sentence.tokens.map((_, target) => ({ subject, target })));
  const byMethod: Attribution[][] = [];
  for (const method of request.methods) byMethod.push(await attribute(method, system, questions, request));
  const [logProbabilities] = await system.score([{ pixels: pixelsOf(subject), tokens: sentence.tokens }]);
  const pieces = explainer.pieces(sentence.tokens);
  const latent: { mode: LatentMode; maps: LatentMaps }[] = [];
  for (const mode of request.latent) {
    const [maps] = await latentMaps(system, [questions[0]!], mode);
    latent.push({ mode, maps: maps! });
  }
  const hasMask = system.streams.includes("mask") && row.boxes.length > 0;
  return {
    row,
    subject,
    sentence,
    outsideView: row.boxes.map((box) => fractionOutsideView(box, row.film, explainer.view)),
    attributions: byMethod.map(([of]) => of!),
    tokens: pieces.map((text, i) => ({
      text,
      logProbability: logProbabilities![i]!,
      attributions: request.perToken ? byMethod.map((of) => of[i + 1]!) : [],
    })),
    latent,
    counterfactuals:
      request.counterfactuals && hasMask
        ? await counterfactuals(explainer, squares, sentence, row.film, boxVariants(row.boxes))
        : [],
  };
}
