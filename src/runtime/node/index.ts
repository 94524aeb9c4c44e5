/** The engine on Node. The only folder that touches onnxruntime-node. */
export { liveSessions } from "../ort-runtime.ts";
export { engineVersion, listBackends } from "./backends.ts";
export { openRuntime, type RuntimeOptions } from "./onnx-runtime.ts";
export { chosenRuntime, openDevice, type Trial, tryDevice } from "./open-device.ts";
