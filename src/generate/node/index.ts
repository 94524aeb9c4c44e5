/** Generation with models from disk. */
export { type DescriberOptions, openDescriber } from "./open-describer.ts";
