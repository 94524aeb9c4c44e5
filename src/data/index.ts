export type { Row } from "./vocabulary.ts";
