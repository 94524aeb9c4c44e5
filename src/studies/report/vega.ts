/** Figures: a vega-lite specification in, an SVG element out. */
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

export const schema = "https://vega.github.io/schema/vega-lite/v6.json";

/** The same specification gives the same text. */
export async function renderSvg(specification: TopLevelSpec): Promise<string> {
  const { spec } = compile(specification);
  const view = new View(parse(spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
