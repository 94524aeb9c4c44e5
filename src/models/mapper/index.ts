/** The mapper: the trained part of the system, REFERENCE §2.6. Official names `clip_project.*`. */
export { type MapperConfig, mapperConfigSchema } from "./config.ts";
export { mapperConfigOf } from "./config-of-shapes.ts";
export { initialMapperWeights, mapperShapes } from "./initial-weights.ts";
export { mapper, mapperGraph, mapperPrefix } from "./mapper.ts";
