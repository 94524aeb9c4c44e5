/** What a study says to the processes that train for it, and what they answer. Plain JSON. */
import type { ErrorParts } from "../../base/errors.ts";
import type { RuntimeOptions } from "../../runtime/node/index.ts";
import type { StudyRequest } from "./prepare.ts";

export type ToWorker =
  | { readonly kind: "start"; readonly request: StudyRequest; readonly engine: RuntimeOptions }
  | { readonly kind: "work"; readonly training: string }
  | { readonly kind: "stop" };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly training: string }
  | { readonly kind: "log"; readonly level: "info" | "warn"; readonly message: string }
  | { readonly kind: "interrupted" }
  /** An error that a person can act on. */
  | {
      readonly kind: "refused";
      readonly type: "UsageError" | "DataError" | "ModelError";
      readonly what: string;
      readonly parts: ErrorParts;
    }
  | { readonly kind: "bug"; readonly stack: string };
