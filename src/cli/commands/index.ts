/** The table of commands. Each is imported only when it is called. */
import type { CommandEntry, Registry } from "../framework/index.ts";

/** The studies of `configs/studies/`, which come with the package. */
const builtInStudies = [
  ["grounding", "The paper's first table: image, mask, or both."],
  ["data-scale", "The paper's second table: parts of the training rows."],
  ["box-noise", "The paper's third table: boxes that are not exact."],
  ["grounded-fraction", "Boxes on a part of the studies, all films."],
  ["controls", "Masks that say less than where the finding is."],
  ["readers", "The first radiologist's boxes, the second's, or both."],
  ["language", "English, Spanish, or both."],
  ["encoders", "Several encoders, and ways to fit a film."],
  ["mappers", "Mappers of several sizes and kinds."],
  ["prefix-length", "Prefixes of several lengths."],
] as const;

export const registry: Registry = {
  program: "regionformer",
  summary: "Draw boxes on a chest X-ray, get the finding in words: encode, train, generate, evaluate.",
  groups: {
    data: "Check, convert and make data sets.",
    features: "Embeddings that others made.",
    models: "Make and inspect model folders.",
    pretrain: "Train tiny models from scratch.",
    study: { summary: "Run the paper's studies, more of them, or your own.", runsFiles: "run" },
  },
  commands: [
    {
      path: ["data", "check"],
      summary: "Count a data set and list what is wrong with it.",
      load: async () => (await import("./data-check.ts")).dataCheck,
    },
    {
      path: ["data", "convert"],
      summary: "Convert boxes between formats, and list what gets lost.",
      load: async () => (await import("./data-convert.ts")).dataConvert,
    },
    {
      path: ["data", "synth"],
      summary: "Write synthetic radiographs in PadChest-GR's layout.",
      load: async () => (await import("./data-synth.ts")).dataSynth,
    },
    {
      path: ["data", "sheet"],
      summary: "Draw every synthetic finding once, as one picture.",
      load: async () => (await import("./data-sheet.ts")).dataSheet,
    },
    {
      path: ["encode"],
      summary: "Embed the films and masks of a data set.",
      load: async () => (await import("./encode.ts")).encode,
    },
    {
      path: ["features", "import"],
      summary: "Make a features file of the public code's caches.",
      load: async () => (await import("./features-import.ts")).featuresImport,
    },
    {
      path: ["train"],
      summary: "Train a mapper on embeddings and sentences.",
      load: async () => (await import("./train.ts")).train,
    },
    {
      path: ["generate"],
      summary: "Write a sentence for every row of a split.",
      load: async () => (await import("./generate.ts")).generate,
    },
    {
      path: ["evaluate"],
      summary: "Score sentences against references.",
      load: async () => (await import("./evaluate.ts")).evaluate,
    },
    {
      path: ["describe"],
      summary: "Write the finding inside boxes of one film.",
      load: async () => (await import("./describe.ts")).describe,
    },
    {
      path: ["explain"],
      summary: "Show where the words come from, and what other boxes would change.",
      load: async () => (await import("./explain.ts")).explain,
    },
    {
      path: ["models", "random"],
      summary: "Write a model folder with random weights.",
      load: async () => (await import("./models-random.ts")).modelsRandom,
    },
    {
      path: ["models", "info"],
      summary: "Show what a model folder holds.",
      load: async () => (await import("./models-info.ts")).modelsInfo,
    },
    {
      path: ["pretrain", "gpt2"],
      summary: "Train a tiny GPT-2 and its tokenizer on sentences.",
      load: async () => (await import("./pretrain-gpt2.ts")).pretrainGpt2,
    },
    {
      path: ["pretrain", "clip"],
      summary: "Train a tiny CLIP on films, masks and sentences.",
      load: async () => (await import("./pretrain-clip.ts")).pretrainClip,
    },
    {
      path: ["demo"],
      summary: "See it all: the three input modes on synthetic films.",
      load: async () => (await import("./demo.ts")).demo,
    },
    {
      path: ["study", "run"],
      summary: "Run a study that a YAML file describes.",
      load: async () => (await import("./study.ts")).studyRun,
    },
    {
      path: ["study", "submit"],
      summary: "Hand a study's open cells to a cluster.",
      load: async () => (await import("./study-submit.ts")).studySubmit,
    },
    {
      path: ["study", "status"],
      summary: "Show how far a submitted study is, and why cells failed.",
      load: async () => (await import("./study-status.ts")).studyStatusCommand,
    },
    {
      path: ["study", "collect"],
      summary: "Make the tables of a submitted study's finished cells.",
      load: async () => (await import("./study-collect.ts")).studyCollect,
    },
    {
      path: ["study", "task"],
      summary: "Do one task of a submission: what its batch scripts call.",
      load: async () => (await import("./study-task.ts")).studyTask,
    },
    ...builtInStudies.map(
      ([name, summary]): CommandEntry => ({
        path: ["study", name],
        summary,
        load: async () => (await import("./study.ts")).builtInStudy(name),
      }),
    ),
    {
      path: ["models", "pull"],
      summary: "Download a model from the hub.",
      load: async () => (await import("./models-pull.ts")).modelsPull,
    },
    {
      path: ["models", "import"],
      summary: "Make a run folder of a checkpoint of the public code.",
      load: async () => (await import("./models-import.ts")).modelsImport,
    },
    {
      path: ["models", "export"],
      summary: "Write a trained system as ONNX files.",
      load: async () => (await import("./models-export.ts")).modelsExport,
    },
    {
      path: ["models", "bundle"],
      summary: "Copy a run and its models into one folder, for a page.",
      load: async () => (await import("./models-bundle.ts")).modelsBundle,
    },
    {
      path: ["doctor"],
      summary: "Check that this machine can run the program.",
      load: async () => (await import("./doctor.ts")).doctor,
    },
  ],
};
