/** Studies on disk. */

export { builtInStudyText, quickSettings, readStudyText, type StudyText } from "./built-in.ts";
export { type DemoConfig, type DemoOutcome, runDemo } from "./demo.ts";
export type { StudyRequest } from "./prepare.ts";
export { inThisProcess, runStudy, type StudyOutcome } from "./run-study.ts";
