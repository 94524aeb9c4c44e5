/** Every tolerance of the test bed by name, as relative L2 distance ‖actual − expected‖ / ‖expected‖. */
export const tolerances = {
  /** Same bits (up to the sign of zero). */
  exact: 0,
  /** float64 arithmetic in another order. */
  float64Sum: 1e-12,
  /** Functions of float64 numbers by another algorithm: distributions, intervals. */
  float64Function: 1e-9,
  /** float32 engine against a float64 or PyTorch float32 reference, forward and gradients. */
  float32Engine: 1e-5,
  /** A number and its nearest float16: 11 bits, and none below 6e-8. */
  float16: 1e-3,
  /** A GPU against the CPU, both float32: products in another order, functions by other approximations. */
  acrossDevices: 1e-4,
  /** Explanations, float32 against PyTorch float32: differences and gradients whose own rounding is up to 5e-5. */
  attribution: 1e-4,
  /** The sum of five AdamW updates, GPU against CPU: early updates are near ±lr, whatever the gradient's size. */
  updatesAcrossDevices: 5e-3,
  /** The sum of 30 AdamW updates, float32 against PyTorch float32. */
  thirtyUpdates: 1e-3,
  /** Finite differences in float64 against an analytic derivative. */
  finiteDifference: 1e-6,
} as const;

/** Tolerances as the largest absolute difference of any two numbers. */
export const absoluteTolerances = {
  /** Logits of a full-size decoder, float32 against PyTorch float32. */
  logit: 1e-4,
  /** The cosine of an embedding and PyTorch's, against 1. */
  cosine: 1e-5,
  /** Length-averaged log-probabilities of a beam search, float32 against PyTorch float32; what is closer is a tie. */
  beamScore: 1e-4,
  /** Losses of a full-size training, around 30, float32 against PyTorch float32. */
  fullLoss: 3e-4,
} as const;

export type AbsoluteTolerance = keyof typeof absoluteTolerances;

export type Tolerance = keyof typeof tolerances;
