/** Questions to the hub, and what its refusals mean to a person. */
import { DataError, InterruptedError, ModelError, type RegionFormerError } from "../../../base/errors.ts";
import type { HubSettings } from "./settings.ts";

/** The hub does not answer, or not now: worth another try. */
export class HubUnavailable extends DataError {}

export interface HubRequest {
  readonly settings: HubSettings;
  readonly signal: AbortSignal;
}

/**
 * A GET. The token goes to the hub only: `fetch` drops it where a redirect leads to another host.
 * @param path below the endpoint
 * @param what the thing asked for, for errors
 * @param accepted statuses besides those of success that the caller understands
 * @throws ModelError for what is not there or may not be read, DataError when the hub cannot be reached or fails
 */
export async function request(
  path: string,
  what: string,
  { settings, signal }: HubRequest,
  headers: Readonly<Record<string, string>> = {},
  accepted: readonly number[] = [],
): Promise<Response> {
  const authorization = settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` };
  let response: Response;
  try {
    response = await fetch(`${settings.endpoint}${path}`, { signal, headers: { ...authorization, ...headers } });
  } catch (error) {
    if (signal.aborted) throw interrupted(what);
    throw new HubUnavailable(
      "The hub cannot be reached.",
      {
        where: settings.endpoint,
        found: reasonOf(error),
        remedy: "Check the network and HF_ENDPOINT, or use --offline with files that are in the cache.",
      },
      { cause: error },
    );
  }
  if (response.ok || accepted.includes(response.status)) return response;
  await response.body?.cancel();
  throw refusal(response, what, settings);
}

export function interrupted(what: string): InterruptedError {
  return new InterruptedError("The download was interrupted; what has come is kept.", {
    where: what,
    remedy: "Run the same command again: it goes on where it stopped.",
  });
}

/** The system's code of a failed connection, which `fetch` hides in the cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return "an unknown failure";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}

function refusal({ status, headers }: Response, what: string, settings: HubSettings): RegionFormerError {
  const code = headers.get("x-error-code");
  const page = `${settings.endpoint}/${what.split(",")[0]}`;
  if (code === "GatedRepo") {
    return new ModelError("The repository is gated: its owner wants to be asked first.", {
      where: what,
      found: settings.token === undefined ? "no token" : "a token whose owner has no access",
      remedy: `Ask for access at ${page}, then set HF_TOKEN to a token of that account.`,
    });
  }
  if (code === "RevisionNotFound") {
    return new ModelError("The repository has no such revision.", { where: what, remedy: `See ${page}.` });
  }
  if (code === "EntryNotFound") return new ModelError("The repository has no such file.", { where: what });
  if (status === 404 || code === "RepoNotFound") {
    return new ModelError("There is no such repository, or it is private.", {
      where: what,
      remedy: `Check the name at ${page}; for a private one set HF_TOKEN.`,
    });
  }
  if (status === 401 || status === 403) {
    return new ModelError("The hub refuses access.", {
      where: what,
      found: `status ${status} with ${settings.token === undefined ? "no token" : "the given token"}`,
      remedy: "Set HF_TOKEN to a token that may read this repository.",
    });
  }
  return new HubUnavailable("The hub failed.", { where: what, found: `status ${status}`, remedy: "Try again later." });
}
