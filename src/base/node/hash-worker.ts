/** Entry of a worker thread that hashes files. */
import { answerJobs } from "./answer-jobs.ts";
import { hashFile } from "./hash-file.ts";

answerJobs(hashFile);
