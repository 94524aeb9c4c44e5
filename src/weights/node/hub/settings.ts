/** Where the hub is, who asks, and where its files are kept: the environment variables of Hugging Face's own tools. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../base/errors.ts";

export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** The folder with `models--…` folders in it, shared with Hugging Face's Python tools. */
  readonly cacheDir: string;
  /** Ask nobody, use what is in the cache. */
  readonly offline: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is set to nothing is not set. */
function value(environment: Environment, ...names: readonly string[]): string | undefined {
  return names.map((name) => environment[name]).find((text) => text !== undefined && text !== "");
}

/**
 * HF_ENDPOINT, HF_TOKEN (or the file that `hf auth login` writes), HF_HUB_CACHE, HF_HOME, HF_HUB_OFFLINE.
 * @throws UsageError when the endpoint is no http address
 */
export async function hubSettings(environment: Environment): Promise<HubSettings> {
  const endpoint = value(environment, "HF_ENDPOINT") ?? "https://huggingface.co";
  if (!/^https?:\/\/[^/]/.test(endpoint)) {
    throw new UsageError("The hub's address is not usable.", {
      where: "environment variable HF_ENDPOINT",
      expected: "an address such as https://huggingface.co",
      found: endpoint,
    });
  }
  const caches = value(environment, "XDG_CACHE_HOME") ?? join(homedir(), ".cache");
  const home = value(environment, "HF_HOME") ?? join(caches, "huggingface");
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    token: value(environment, "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") ?? (await savedToken(environment, home)),
    cacheDir: value(environment, "HF_HUB_CACHE") ?? join(home, "hub"),
    offline: ["1", "true", "yes", "on"].includes((value(environment, "HF_HUB_OFFLINE") ?? "").toLowerCase()),
  };
}

async function savedToken(environment: Environment, home: string): Promise<string | undefined> {
  const path = value(environment, "HF_TOKEN_PATH") ?? join(home, "token");
  const token = (await readFile(path, "utf8").catch(() => "")).trim();
  return token === "" ? undefined : token;
}
