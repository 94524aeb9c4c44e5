/** The README.md of a model that was trained here: what it is, what made it, what it reached. */
import { disclaimer } from "../../../base/notices.ts";
import type { EpochRecord } from "../../training.ts";

export interface ModelCard {
  readonly title: string;
  /** One paragraph: what it is and what it is not. */
  readonly summary: string;
  /** Facts by name: data with seeds and hashes, sizes, recipe, versions. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly epochs: readonly EpochRecord[];
  readonly minutes: number;
  /** More sections by title, as Markdown. */
  readonly sections?: Readonly<Record<string, string>>;
}

export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Every epoch of a short training, every n-th of a long one; the last always. */
function shownEpochs(epochs: readonly EpochRecord[]): readonly EpochRecord[] {
  const every = Math.ceil(epochs.length / 10);
  return epochs.filter(({ epoch }) => epoch % every === 0 || epoch === epochs.length);
}

export function formatModelCard({ title, summary, facts, epochs, minutes, sections = {} }: ModelCard): string {
  const losses = shownEpochs(epochs).map(({ epoch, step, trainLoss, validationLoss }) => [
    epoch,
    step,
    trainLoss.toFixed(4),
    validationLoss.toFixed(4),
  ]);
  return [
    `# ${title}`,
    `${summary} ${disclaimer}`,
    table(["", ""], Object.entries(facts)),
    "## Training",
    `${minutes.toFixed(1)} minutes on the CPU.`,
    table(["epoch", "step", "training loss", "validation loss"], losses),
    ...Object.entries(sections).flatMap(([title, text]) => [`## ${title}`, text]),
    "",
  ].join("\n\n");
}
