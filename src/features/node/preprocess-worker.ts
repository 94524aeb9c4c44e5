/** Entry of a worker thread that reads films ahead of the encoder. */
import { workerData } from "node:worker_threads";
import { answerJobs } from "../../base/node/answer-jobs.ts";
import { type PreprocessJob, type PreprocessSettings, preprocess } from "./preprocess.ts";

answerJobs((job: PreprocessJob) => preprocess(job, workerData as PreprocessSettings));
