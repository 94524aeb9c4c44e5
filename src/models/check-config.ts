/** A model's configuration file, checked: every family's parser begins here, so that all complain alike. */
import type { z } from "zod";
import { ModelError } from "../base/errors.ts";

export interface ConfigKind {
  /** What the file should describe, such as "a GPT-2". */
  readonly describes: string;
  /** Where people find one that can be read. */
  readonly remedy: string;
}

/**
 * @param where the file, for errors
 * @throws ModelError naming the key that does not fit
 */
export function checkConfig<T extends z.ZodType>(
  schema: T,
  json: unknown,
  where: string,
  { describes, remedy }: ConfigKind,
): z.infer<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ModelError(`The configuration is not one of ${describes} that can be read.`, {
    where: `${where}, key "${issue?.path.join(".")}"`,
    found: issue?.message ?? "an unusable value",
    remedy,
  });
}
