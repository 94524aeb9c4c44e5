/** Who may import whom: the table of the architecture as data. The order is the house's street, from below upwards. */
export interface ImportTable {
  /** Folder of src/ → the other folders it may import. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  /** Package → the folders that may import it; a path prefix, or one of the two words. */
  readonly packages: Readonly<Record<string, "anywhere" | "node folders" | readonly string[]>>;
}

const belowStudies = {
  base: [],
  graph: ["base"],
  nn: ["base", "graph"],
  runtime: ["base", "graph"],
  weights: ["base"],
  text: ["base"],
  images: ["base"],
  models: ["base", "graph", "nn", "weights"],
  data: ["base", "images", "text"],
  features: ["base", "data", "images", "models", "runtime", "weights"],
  train: ["base", "data", "features", "text", "models", "nn", "graph", "runtime", "weights"],
  generate: ["base", "features", "images", "text", "models", "graph", "runtime", "weights"],
  metrics: ["base", "images", "text", "models", "runtime", "weights"],
  explain: [
    ...["base", "data", "features", "generate", "metrics", "text", "images", "models", "nn", "graph", "runtime"],
  ],
} satisfies Record<string, readonly string[]>;

export const importTable: ImportTable = {
  folders: {
    ...belowStudies,
    studies: Object.keys(belowStudies),
    cli: [...Object.keys(belowStudies), "studies"],
  },
  packages: {
    "@bufbuild/protobuf": "anywhere",
    "@huggingface/tokenizers": "anywhere",
    "csv-parse": "anywhere",
    "csv-stringify": "anywhere",
    "d3-color": ["src/explain"],
    "d3-scale-chromatic": ["src/explain"],
    diff: ["src/explain"],
    "fast-xml-parser": "anywhere",
    "fastest-levenshtein": "anywhere",
    "pure-rand": "anywhere",
    yaml: "anywhere",
    zod: "anywhere",
    vega: ["src/studies"],
    "vega-lite": ["src/studies"],
    "@resvg/resvg-wasm": ["src/studies/node"],
    "modern-tar": ["src/weights/node"],
    "dcmjs-codecs": ["src/images/node"],
    "dicom-parser": ["src/images/node"],
    sharp: "node folders",
    yauzl: "node folders",
    "onnxruntime-common": ["src/runtime"],
    "onnxruntime-node": ["src/runtime/node"],
    "onnxruntime-web": ["src/runtime/web"],
    "cli-progress": ["src/cli"],
    commander: ["src/cli"],
    "gpt-3-encoder": [],
  },
};
