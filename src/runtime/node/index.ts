/** The engine on Node. The only folder that touches onnxruntime-node. */
export { liveSessions, openRuntime, type RuntimeOptions } from "./onnx-runtime.ts";
