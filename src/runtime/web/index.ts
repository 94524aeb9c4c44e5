/** The engine in a browser. The only folder that touches onnxruntime-web. */
export { openWebRuntime, type WebEngine, type WebRuntimeOptions } from "./web-runtime.ts";
