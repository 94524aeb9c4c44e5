/** Generation with models from disk. */
export { type DescriberOptions, loadDescriberParts, openDescriber } from "./open-describer.ts";
