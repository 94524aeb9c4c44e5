/** A JSON object whose content nobody has checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a JSON text holds, or undefined when it is no JSON or another value. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
