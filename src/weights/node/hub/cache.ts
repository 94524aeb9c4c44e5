/**
 * The cache in the layout that Hugging Face's tools share: `models--owner--name/` with `blobs/<hash>`,
 * `snapshots/<commit>/<path>` as links to blobs, and `refs/<revision>` with the commit it meant last; locks are apart,
 * in `.locks/models--owner--name/`.
 */
import { copyFile, mkdir, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileErrorCode, writeFileAtomic } from "../../../base/node/files.ts";
import type { HubFile } from "./repository.ts";

const commitPattern = /^[0-9a-f]{40}$/;

/** One repository's part of the cache. */
export class RepositoryCache {
  readonly dir: string;
  /** Held by the process that downloads: two would write to the same unfinished file. */
  readonly lockPath: string;

  constructor(cacheDir: string, repository: string) {
    const folder = `models--${repository.replaceAll("/", "--")}`;
    this.dir = join(cacheDir, folder);
    this.lockPath = join(cacheDir, ".locks", folder, "pull.lock");
  }

  snapshot(commit: string): string {
    return join(this.dir, "snapshots", commit);
  }

  blob({ hash }: HubFile): string {
    return join(this.dir, "blobs", hash.digest);
  }

  /** The commit that a branch or tag meant when it was pulled last. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (commitPattern.test(revision)) return revision;
    const text = await readFile(join(this.dir, "refs", revision), "utf8").catch(() => "");
    return commitPattern.test(text.trim()) ? text.trim() : undefined;
  }

  async remember(revision: string, commit: string): Promise<void> {
    if (revision !== commit) await writeFileAtomic(join(this.dir, "refs", revision), commit);
  }

  async has(path: string): Promise<boolean> {
    return (await stat(path).catch(() => undefined)) !== undefined;
  }

  /** The files of a snapshot, without links to what is gone. */
  async filesOf(commit: string): Promise<string[]> {
    const dir = this.snapshot(commit);
    const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
    const files: string[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isDirectory() && (await this.has(path))) files.push(relative(dir, path).replaceAll(sep, "/"));
    }
    return files.sort();
  }

  /** Puts a blob into a snapshot: a link, or a copy where links are not allowed. */
  async link(file: HubFile, commit: string): Promise<void> {
    const pointer = join(this.snapshot(commit), file.path);
    if (await this.has(pointer)) return;
    await mkdir(dirname(pointer), { recursive: true });
    await rm(pointer, { force: true });
    const blob = this.blob(file);
    try {
      await symlink(relative(dirname(pointer), blob), pointer);
    } catch (error) {
      if (fileErrorCode(error) === undefined) throw error;
      await copyFile(blob, pointer);
    }
  }
}
