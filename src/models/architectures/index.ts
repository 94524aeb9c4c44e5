/**
 * The supported architectures as one table: what a folder of each holds, for writing random models and for describing
 * folders (`node/`). The models themselves are in the folders beside this one.
 */
export type { Architecture, ArchitectureParameters } from "./architecture.ts";
export { type RandomModel, randomModel } from "./random-model.ts";
export { architectureNames, findArchitecture } from "./table.ts";
