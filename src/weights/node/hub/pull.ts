/** A model repository of the hub as a model folder on this machine. */
import { ModelError } from "../../../base/errors.ts";
import { lock } from "../../../base/node/lock.ts";
import type { Reporter } from "../../../base/reporter.ts";
import { RepositoryCache } from "./cache.ts";
import { type DownloadOptions, downloadFile } from "./download.ts";
import {
  checkRepositoryName,
  checkRevision,
  describeRepository,
  type HubFile,
  type HubRepository,
} from "./repository.ts";
import type { HubSettings } from "./settings.ts";

export interface PullOptions {
  readonly revision: string;
  /** Every file of the repository, not only those that are used here. */
  readonly everything: boolean;
  /** This file of the repository alone. */
  readonly file?: string | undefined;
  readonly settings: HubSettings;
  readonly reporter: Reporter;
  /** How a broken connection is dealt with; shorter in tests. */
  readonly connection?: Partial<Pick<DownloadOptions, "retries" | "patience" | "idle">>;
}

export interface PulledModel {
  readonly repository: string;
  readonly commit: string;
  /** The model folder: give it to --encoder-model or --decoder-model. */
  readonly folder: string;
  /** Unknown offline, and where the repository does not say. */
  readonly license: string | undefined;
  readonly files: readonly string[];
  /** Bytes that came over the network now. */
  readonly downloaded: number;
}

/** Weights in the order of preference: the first kind that a repository has is taken, with all its shards. */
const weightKinds = [
  /^model(-\d+-of-\d+)?\.safetensors(\.index\.json)?$/,
  /^open_clip_model\.safetensors$/,
  /^pytorch_model(-\d+-of-\d+)?\.bin(\.index\.json)?$/,
  /^open_clip_pytorch_model\.bin$/,
];
const smallFiles = /^[^/]+\.(json|txt|model|md)$|^(LICENSE|README)[^/]*$/;
const otherIndex = /\.index\.json$/;

/** The files that a model folder needs here: configuration, tokenizer, licence, one kind of weights. */
export function neededFiles(files: readonly HubFile[]): HubFile[] {
  const kind = weightKinds.find((pattern) => files.some(({ path }) => pattern.test(path)));
  return files.filter(({ path }) => kind?.test(path) || (smallFiles.test(path) && !otherIndex.test(path)));
}

/**
 * Downloads a repository, or what of it is not in the cache yet.
 * @throws UsageError for a name that is none or while another process downloads the repository, ModelError when the repository is missing, gated or holds no weights,
 * DataError when the network, the hub or the disk fails, InterruptedError when the user stops it
 */
export async function pullModel(repository: string, options: PullOptions): Promise<PulledModel> {
  checkRepositoryName(repository);
  checkRevision(options.revision);
  const cache = new RepositoryCache(options.settings.cacheDir, repository);
  if (options.settings.offline) return cachedModel(repository, options, cache);
  const { settings, reporter } = options;
  const found = await describeRepository(repository, options.revision, { settings, signal: reporter.signal });
  const files = wantedFiles(found.files, options, `${repository}, revision ${options.revision}`);
  const downloaded = await downloadMissing(found, files, cache, options);
  for (const file of files) await cache.link(file, found.commit);
  await cache.remember(options.revision, found.commit);
  return {
    repository,
    commit: found.commit,
    folder: cache.snapshot(found.commit),
    license: found.license,
    files: files.map(({ path }) => path),
    downloaded,
  };
}

function wantedFiles(all: readonly HubFile[], { everything, file }: PullOptions, where: string): readonly HubFile[] {
  if (file !== undefined) {
    const chosen = all.filter(({ path }) => path === file);
    if (chosen.length > 0) return chosen;
    throw new ModelError("The repository has no such file.", {
      where,
      expected: file,
      found: `${all.length} other files`,
    });
  }
  if (everything) return all;
  const files = neededFiles(all);
  if (files.some(({ path }) => weightKinds.some((kind) => kind.test(path)))) return files;
  throw new ModelError("The repository holds no weights that can be read.", {
    where,
    expected: "model.safetensors, pytorch_model.bin or open_clip's files",
    found: `${all.length} other files`,
    remedy: "Name one of its files with --file, or take them all with --everything.",
  });
}

/** What is in the cache, if the file or the weights that are wanted are: a pull of other files leaves a snapshot too. */
async function cachedModel(
  repository: string,
  { revision, everything, file }: PullOptions,
  cache: RepositoryCache,
): Promise<PulledModel> {
  const commit = await cache.commitOf(revision);
  const all = commit === undefined ? [] : await cache.filesOf(commit);
  const files = file === undefined ? all : all.filter((path) => path === file);
  const isWanted = (path: string) => everything || file !== undefined || weightKinds.some((kind) => kind.test(path));
  if (commit !== undefined && files.some(isWanted)) {
    return { repository, commit, folder: cache.snapshot(commit), license: undefined, files, downloaded: 0 };
  }
  throw new ModelError("The model is not in the cache, and the hub is not asked offline.", {
    where: `${repository}, revision ${revision}`,
    expected: file ?? "a file of weights",
    found: `${all.length === 0 ? "nothing" : all.join(", ")} in ${cache.dir}`,
    remedy: "Pull it once without --offline, or copy the cache of another machine.",
  });
}

const megabyte = 1e6;

async function missingOf(files: readonly HubFile[], cache: RepositoryCache): Promise<HubFile[]> {
  const missing: HubFile[] = [];
  for (const file of files) if (!(await cache.has(cache.blob(file)))) missing.push(file);
  return missing;
}

/** @returns bytes that came */
async function downloadMissing(
  { name, commit }: HubRepository,
  files: readonly HubFile[],
  cache: RepositoryCache,
  { settings, reporter, connection }: PullOptions,
): Promise<number> {
  if ((await missingOf(files, cache)).length === 0) return 0;
  await using _ = await lock(cache.lockPath, `The cache of ${name}`);
  const missing = await missingOf(files, cache); // another process may just have finished
  const total = missing.reduce((sum, { size }) => sum + size, 0);
  const progress = reporter.progress("download (MB)", Math.ceil(total / megabyte));
  let finished = 0;
  let shown = 0;
  for (const file of missing) {
    const onBytes = (there: number) => {
      const now = Math.floor((finished + there) / megabyte);
      if (now > shown) progress.advance(now - shown, file.path);
      shown = Math.max(shown, now);
    };
    const url = `/${name}/resolve/${commit}/${file.path.split("/").map(encodeURIComponent).join("/")}`;
    const limits = { retries: 5, patience: 1000, idle: 60_000, ...connection };
    await downloadFile(url, file, cache.blob(file), { settings, signal: reporter.signal, onBytes, ...limits });
    finished += file.size;
  }
  progress.done();
  return total;
}
