/** Entry of a worker thread that reads films for a check. */
import { answerJobs } from "../../base/node/answer-jobs.ts";
import { inspectPixels } from "./inspect-pixels.ts";

answerJobs(inspectPixels);
