/** How many trainings fit into a machine at a time. */

/** Sizes that a training's memory depends on. */
export interface TrainingSizes {
  readonly trainedParameters: number;
  readonly frozenParameters: number;
  /** Rows computed at a time. */
  readonly rows: number;
  /** Tokens of a caption and of its prefix, as the decoder sees them. */
  readonly sequence: number;
  readonly vocabulary: number;
  readonly captionTokens: number;
  readonly width: number;
  readonly decoderLayers: number;
  /** Positions of the mapper's sequence; 0 for a mapper without layers. */
  readonly mapperSequence: number;
  readonly mapperLayers: number;
}

/** Values that a layer keeps for its gradient, for each position and unit of width: from the 6.3 GB measured at the paper's step. */
const keptPerUnit = 28;

/**
 * Bytes of one training, estimated: weights, gradients and two moments of what is trained, frozen weights, and what
 * layers and output keep for the gradient. 6.3 GB for the paper's step, as measured there.
 */
export function trainingBytes(sizes: TrainingSizes): number {
  const { rows, sequence, width, decoderLayers, mapperSequence, mapperLayers, captionTokens, vocabulary } = sizes;
  const weights = 16 * sizes.trainedParameters + 4 * sizes.frozenParameters;
  const layers = rows * width * (sequence * decoderLayers + mapperSequence * mapperLayers);
  const logits = 4 * rows * captionTokens * vocabulary;
  return weights + 4 * (keptPerUnit * layers + logits);
}

/** Bytes of a process before it trains. */
const processBytes = 0.3e9;

export interface Machine {
  readonly cores: number;
  /** Bytes that are free. */
  readonly memory: number;
}

/**
 * Trainings at a time: as many as fit into four fifths of the free memory, with two cores each, which large matrix
 * products use well; at least one.
 */
export function jobsFor(bytes: number, trainings: number, { cores, memory }: Machine): number {
  const byMemory = Math.floor((0.8 * memory) / (bytes + processBytes));
  return Math.max(1, Math.min(byMemory, Math.floor(cores / 2), trainings));
}

/** Threads of each of several processes. */
export function threadsFor(jobs: number, threads: number): number {
  return Math.max(1, Math.floor(threads / jobs));
}
