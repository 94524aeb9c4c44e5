import { escapeHtml } from "../../base/html.ts";
import type { WordChange } from "../counterfactual/counterfactual.ts";

const tags = { same: ["", ""], removed: ["<del>", "</del>"], added: ["<ins>", "</ins>"] } as const;

/** A changed sentence as HTML: what went struck out, what came marked. */
export function changedWords(changes: readonly WordChange[]): string {
  return changes.map(({ kind, words }) => `${tags[kind][0]}${escapeHtml(words.join(" "))}${tags[kind][1]}`).join(" ");
}
