/** A table of text cells, and its shapes for people and for papers. */

export interface Grid {
  /** What the table is: profile, number of texts, unit. */
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Lines under the table. */
  readonly notes: readonly string[];
}

/** The first column to the left, numbers to the right. */
export function gridAsText({ caption, header, rows, notes }: Grid): string {
  const widths = header.map((name, k) => Math.max(name.length, ...rows.map((row) => row[k]!.length)));
  const isLabel = rows.length > 0 && !/^[-+\d.–<]*$/.test(rows[0]![0]!);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, k) => (k === 0 && isLabel ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
      .join("  ")
      .trimEnd();
  return [caption, line(header), ...rows.map(line), ...notes].join("\n");
}

export function gridAsMarkdown({ caption, header, rows, notes }: Grid): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = `|${header.map((_, k) => (k === 0 ? "---" : "---:")).join("|")}|`;
  const table = [line(header), rule, ...rows.map(line)].join("\n");
  const list = notes.map((note) => `- ${note}`).join("\n");
  return `${[caption, table, list].filter((part) => part !== "").join("\n\n")}\n`;
}

const latexSpecial: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "–": "--",
  "≥": "$\\geq$",
  "±": "$\\pm$",
  Δ: "$\\Delta$",
  "<": "$<$",
  ">": "$>$",
};

function latexText(text: string): string {
  return text.replace(/[\\~^–≥±Δ<>&%$#_{}]/g, (character) => latexSpecial[character] ?? `\\${character}`);
}

/** A `table` environment with booktabs' rules. */
export function gridAsLatex({ caption, header, rows, notes }: Grid): string {
  const line = (cells: readonly string[]) => `${cells.map(latexText).join(" & ")} \\\\`;
  return [
    "\\begin{table}",
    `\\caption{${latexText(caption)}}`,
    `\\begin{tabular}{l${"r".repeat(header.length - 1)}}`,
    "\\toprule",
    line(header),
    "\\midrule",
    ...rows.map(line),
    "\\bottomrule",
    "\\end{tabular}",
    ...notes.map((note) => `% ${note}`),
    "\\end{table}",
    "",
  ].join("\n");
}
