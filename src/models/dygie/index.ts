/** DyGIE++, the model of RadGraph: entities and relations over the words of a report. */
export { type DygieConfig, type DygieFile, parseDygieConfig } from "./config.ts";
export { dygieShapes, encoderPrefix, relationGraph, spanGraph } from "./graphs.ts";
