/** What the installed engine says about itself. */
import { env, listSupportedBackends } from "onnxruntime-node";

/** A device family of the engine. `bundled` tells whether its libraries come with the package. */
export interface Backend {
  readonly name: string;
  readonly bundled: boolean;
}

/** The device families this build of the engine supports on this platform. */
export function listBackends(): readonly Backend[] {
  return listSupportedBackends().map(({ name, bundled }) => ({ name, bundled }));
}

/** The version of onnxruntime-node. */
export function engineVersion(): string {
  return env.versions.node ?? env.versions.common;
}
