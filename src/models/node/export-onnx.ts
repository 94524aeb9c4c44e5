/** A captioning system as ONNX files that need nothing else: encoder, mapper, and the two halves of generation. */
import { join } from "node:path";
import { writeFileAtomic } from "../../base/node/files.ts";
import { type Tensor, toOnnxFiles } from "../../graph/index.ts";
import type { Weights } from "../../weights/index.ts";
import type { CaptionerConfig } from "../captioner/index.ts";
import { encoderGraph } from "../clip/index.ts";
import { type DecodingShape, promptGraph, stepGraph } from "../gpt2/index.ts";
import { mapperGraph } from "../mapper/index.ts";
import type { EncoderModel } from "./load-encoder.ts";

/** Sizes that the graphs are made for. */
export type ExportShape = Omit<DecodingShape, "prefixLength">;

export interface ExportedFile {
  readonly file: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Writes `encoder.onnx`, `mapper.onnx`, `decoder-prefill.onnx` and `decoder-step.onnx`. A model of more than 2 GB has
 * its weights in a file beside it, as the format demands.
 * @param encoder left out, there is no encoder.onnx
 * @throws DataError when the folder cannot be written
 */
export async function exportOnnx(
  dir: string,
  encoder: EncoderModel | undefined,
  captioner: { readonly config: CaptionerConfig; readonly weights: Weights },
  shape: ExportShape,
): Promise<ExportedFile[]> {
  const { mapper, decoder } = captioner.config;
  const decoding = { ...shape, prefixLength: mapper.prefixLength };
  const written: ExportedFile[] = [];
  const write = async (name: string, outputs: Readonly<Record<string, Tensor>>, weights: Weights) => {
    const file = `${name}.onnx`;
    const { model, data } = toOnnxFiles(outputs, weights, `${file}.data`);
    if (data !== undefined) await writeFileAtomic(join(dir, `${file}.data`), data);
    await writeFileAtomic(join(dir, file), model);
    written.push({ file, inputs: typesOf(inputsOf(outputs)), outputs: typesOf(Object.entries(outputs)) });
  };
  if (encoder !== undefined) await write("encoder", encoderGraph(encoder.config, shape.rows), encoder.weights);
  await write("mapper", mapperGraph(mapper, shape.rows), captioner.weights);
  await write("decoder-prefill", promptGraph(decoder, decoding), captioner.weights);
  await write("decoder-step", stepGraph(decoder, decoding), captioner.weights);
  return written;
}

function inputsOf(outputs: Readonly<Record<string, Tensor>>): [string, Tensor][] {
  const graph = Object.values(outputs)[0]!.graph;
  return [...graph.inputs].filter(([, { origin }]) => origin === "input");
}

function typesOf(tensors: readonly (readonly [string, Tensor])[]): Record<string, string> {
  return Object.fromEntries(tensors.map(([name, { dtype, shape }]) => [name, `${dtype}[${shape}]`]));
}
