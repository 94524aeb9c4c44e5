/** The devices by name: what each needs, and which ops it has. */

export const deviceNames = ["cpu", "webgpu", "cuda", "dml", "coreml"] as const;

/** What computes: the CPU, any GPU through WebGPU, NVIDIA's CUDA, Windows' DirectML, Apple's CoreML. */
export type DeviceName = (typeof deviceNames)[number];

export interface DeviceFacts {
  /** What a machine needs for it, as a remedy. */
  readonly needs: string;
  /** Lacks ONNX Runtime's fused ops. */
  readonly plainOps: boolean;
  readonly ownMemory: boolean;
}

export const devices: Readonly<Record<DeviceName, DeviceFacts>> = {
  cpu: { needs: "a platform that the engine ships for", plainOps: false, ownMemory: false },
  webgpu: {
    needs: "a GPU with a driver for Vulkan (Linux), Direct3D 12 (Windows) or Metal (Mac)",
    plainOps: true,
    ownMemory: true,
  },
  cuda: {
    needs:
      "Linux x64 with an NVIDIA GPU, CUDA 12 and cuDNN 9, and the engine's CUDA files: " +
      "`node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12`",
    plainOps: false,
    ownMemory: true,
  },
  dml: { needs: "Windows 10 or later with a GPU for Direct3D 12", plainOps: false, ownMemory: true },
  coreml: { needs: "a Mac with Apple silicon", plainOps: false, ownMemory: true },
};
