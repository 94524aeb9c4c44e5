/** Studies on disk. */
export { type DemoConfig, type DemoOutcome, runDemo } from "./demo.ts";
