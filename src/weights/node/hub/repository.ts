/** What the hub says about a model repository: commit, licence, files with sizes and hashes. */
import { z } from "zod";
import { DataError, UsageError } from "../../../base/errors.ts";
import { type HubRequest, request } from "./request.ts";

/** What a file's bytes must hash to: SHA-256 for large files, git's SHA-1 of a blob for small ones. */
export interface FileHash {
  readonly kind: "sha256" | "git-blob";
  readonly digest: string;
}

export interface HubFile {
  readonly path: string;
  readonly size: number;
  readonly hash: FileHash;
}

export interface HubRepository {
  readonly name: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly license: string | undefined;
  readonly files: readonly HubFile[];
}

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const answerSchema = z.object({
  sha: hex(40),
  tags: z.array(z.string()).default([]),
  cardData: z.object({ license: z.unknown().optional() }).nullish(),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().int().nonnegative(),
      blobId: hex(40),
      lfs: z.object({ sha256: hex(64) }).nullish(),
    }),
  ),
});

/** @throws UsageError when the text is no "owner/name", or no "name" of an old model */
export function checkRepositoryName(name: string): void {
  if (/^[\w.-]+(\/[\w.-]+)?$/.test(name) && !/(^|\/)\.+(\/|$)|--/.test(name)) return;
  throw new UsageError("This is no name of a repository.", {
    where: "repository",
    expected: "owner/name, such as openai/clip-vit-base-patch32",
    found: name,
  });
}

/** @throws UsageError when the text cannot be a branch, tag or commit */
export function checkRevision(revision: string): void {
  if (/^[\w.-]+(\/[\w.-]+)*$/.test(revision) && !revision.includes("..")) return;
  throw new UsageError("This is no revision of a repository.", {
    where: "revision",
    expected: "a branch, a tag or a commit",
    found: revision,
  });
}

/** @throws ModelError when there is no such repository or revision or it may not be read, DataError when the hub fails */
export async function describeRepository(name: string, revision: string, hub: HubRequest): Promise<HubRepository> {
  const path = `/api/models/${name}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const response = await request(path, `${name}, revision ${revision}`, hub);
  const answer = answerSchema.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) {
    throw new DataError("The hub's answer is not understood.", {
      where: `${hub.settings.endpoint}${path}`,
      found: z.prettifyError(answer.error),
    });
  }
  const { sha, tags, cardData, siblings } = answer.data;
  const tag = tags.find((text) => text.startsWith("license:"))?.slice("license:".length);
  return {
    name,
    commit: sha,
    license: typeof cardData?.license === "string" ? cardData.license : tag,
    files: siblings.map(({ rfilename, size, blobId, lfs }) => ({
      path: checkedPath(rfilename, name),
      size,
      hash: lfs ? { kind: "sha256", digest: lfs.sha256 } : { kind: "git-blob", digest: blobId },
    })),
  };
}

/** A file's name comes from the hub and becomes a path here, so it may not lead out of the folder. */
function checkedPath(path: string, repository: string): string {
  const parts = path.split("/");
  const safe = parts.every((part) => part !== "" && !/^\.+$/.test(part)) && !/[\\:\0]/.test(path);
  if (safe) return path;
  throw new DataError("The repository has a file with a name that is not usable here.", { where: repository });
}
