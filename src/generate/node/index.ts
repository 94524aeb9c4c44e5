/** Generation with models from disk. */
export { Describer, type DescriberOptions, type Description } from "./describer.ts";
