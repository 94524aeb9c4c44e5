/** Studies on disk. */

export { builtInStudyText, quickSettings, readStudyText, type StudyText } from "./built-in.ts";
export { type DemoConfig, type DemoOutcome, runDemo } from "./demo.ts";
export { estimateStudy, type StudyEstimate } from "./estimate.ts";
export { chooseJobs, crewFor, threadsOfJob } from "./machine.ts";
export { estimateLines, type PlanDocument, planDocument, planGrid } from "./plan-document.ts";
export { type PreparedStudy, reopenStudy, type StudyRequest } from "./prepare.ts";
export { remainingWork, runStudy, type StudyOutcome } from "./run-study.ts";
export { collectStudy } from "./slurm/collect.ts";
export { chosenStudies, type SubmittedStudy, studyStatus } from "./slurm/study-status.ts";
export { Submission, submissionsOf } from "./slurm/submission.ts";
export { type PlannedSubmission, previewSubmission, type SubmitRequest, submitStudy } from "./slurm/submit.ts";
export { runTask } from "./slurm/task.ts";
