/** How many trainings run at a time on this machine, and how. */
import { availableParallelism, freemem } from "node:os";
import type { Reporter } from "../../base/reporter.ts";
import { visualWidth } from "../../models/captioner/index.ts";
import { initialMapperWeights } from "../../models/mapper/index.ts";
import { loadDecoder } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { RuntimeOptions } from "../../runtime/node/index.ts";
import { jobsFor, threadsFor, trainingBytes } from "../jobs.ts";
import { inProcesses } from "./crew.ts";
import type { PlannedTraining } from "./plan.ts";
import type { PreparedStudy, StudyRequest } from "./prepare.ts";
import { type Crew, inThisProcess, type Work } from "./run-study.ts";

/** Words of a sentence, where it is not worth tokenising. */
const usualCaptionTokens = 32;

async function bytesOf({ options, settings }: PlannedTraining, embeddingWidth: number): Promise<number> {
  const { config, weights } = await loadDecoder(settings.decoderModel);
  const inputWidth = visualWidth(embeddingWidth, options.input);
  const mapper = { ...options.mapper, inputWidth, decoderWidth: config.width };
  const count = (arrays: Iterable<{ readonly data: ArrayLike<unknown> }>) =>
    [...arrays].reduce((sum, { data }) => sum + data.length, 0);
  const [mapped, decoding] = [count(initialMapperWeights(mapper, 0).values()), count(weights.values())];
  const hasLayers = mapper.kind === "transformer";
  return trainingBytes({
    trainedParameters: mapped + (options.jointDecoder ? decoding : 0),
    frozenParameters: options.jointDecoder ? 0 : decoding,
    rows: options.microBatch ?? options.batchSize,
    sequence: mapper.prefixLength + usualCaptionTokens,
    captionTokens: usualCaptionTokens,
    vocabulary: config.vocabularySize,
    width: config.width,
    decoderLayers: config.layers,
    mapperSequence: hasLayers ? mapper.prefixLength + mapper.latentLength : 0,
    mapperLayers: hasLayers ? mapper.layers : 0,
  });
}

/** Trainings at a time: what was asked for, or what memory and cores allow for the largest of them. */
export async function chooseJobs(asked: number | undefined, work: readonly Work[], { features }: PreparedStudy) {
  if (asked !== undefined || work.length < 2) return Math.min(asked ?? 1, Math.max(1, work.length));
  const kinds = new Map(
    work.map(({ training }) => [JSON.stringify([training.options.mapper, training.options.batchSize]), training]),
  );
  let most = 0;
  for (const training of kinds.values()) {
    most = Math.max(most, await bytesOf(training, features.get(training.features)!.width));
  }
  return jobsFor(most, work.length, { cores: availableParallelism(), memory: freemem() });
}

/** Threads of each job. */
export function threadsOfJob(jobs: number, { threads }: RuntimeOptions): number {
  return threadsFor(jobs, threads ?? availableParallelism());
}

/** One training after the other in this process, or several in processes of their own. */
export function crewFor(
  asked: number | undefined,
  request: StudyRequest,
  engine: RuntimeOptions,
  runtime: Runtime,
  reporter: Reporter,
): Crew {
  return async (work, prepared, onDone) => {
    const jobs = await chooseJobs(asked, work, prepared);
    if (jobs === 1) return inThisProcess(runtime, reporter)(work, prepared, onDone);
    const threads = threadsOfJob(jobs, engine);
    reporter.log.info(`${jobs} trainings at a time, ${threads} threads each`);
    return inProcesses(jobs, request, { ...engine, threads }, reporter)(work, prepared, onDone);
  };
}
