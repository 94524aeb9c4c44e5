/** Reads the imports of source files and checks them against the table. Works on names and texts, not on the disk. */
import { posix } from "node:path";
import type { ImportTable } from "./import-table.ts";

/** Path from the project root (`src/nn/linear.ts`) → text. */
export type SourceFiles = ReadonlyMap<string, string>;

/** One import or re-export. Those of types only are erased when the sources are compiled. */
export interface Import {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

const IMPORT =
  /(?:\b(?:import|export)\s+(type\s+)?[^;"'`()]*?\bfrom|\bfrom|\bimport|\bimport\s*\()\s*(["'`])([^"'`\n]+)\2/g;

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

/** The static and dynamic imports and re-exports of a file. */
export function importsOf(text: string): readonly Import[] {
  return [...withoutComments(text).matchAll(IMPORT)].map(([, type, , specifier]) => {
    return { specifier: specifier!, isTypeOnly: type !== undefined };
  });
}

/** The folder of src/ that a file is in; undefined for the package's entries, directly in src/. */
function folderOf(path: string): string | undefined {
  const [, folder, ...rest] = path.split("/");
  return rest.length > 0 ? folder : undefined;
}

function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** The package that a specifier names, without the path in it. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Where Node's own modules may be used: node/ folders, the command line, and entries, which join the two. */
function isNodeSide(path: string): boolean {
  return path.startsWith("src/cli/") || path.split("/").includes("node") || folderOf(path) === undefined;
}

function checkFile(path: string, target: string, { folders }: ImportTable): string | undefined {
  if (!target.startsWith("src/") || isTest(target)) return "sources do not import tests";
  if (target.split("/").includes("node") && !isNodeSide(path)) return "only node/ folders, cli and entries reach node/";
  const [from, to] = [folderOf(path), folderOf(target)];
  if (from === undefined || from === to) return undefined;
  if (to === undefined) return "entries are not imported";
  return folders[from]?.includes(to) ? undefined : `${from} may not import ${to}`;
}

function checkPackage(path: string, specifier: string, { packages }: ImportTable): string | undefined {
  if (specifier.startsWith("node:")) return isNodeSide(path) ? undefined : "node: belongs in node/ folders and cli";
  const name = packageOf(specifier);
  const rule = Object.hasOwn(packages, name) ? packages[name] : undefined;
  if (rule === undefined) return `${name} is not in the table of packages`;
  if (rule === "anywhere") return undefined;
  if (rule === "node folders") return isNodeSide(path) ? undefined : `${name} belongs in node/ folders and cli`;
  return rule.some((folder) => path.startsWith(`${folder}/`)) ? undefined : `${name} may not be imported here`;
}

function resolve(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier);
}

const NODE_GLOBAL = /\b(Buffer|process|__dirname|__filename)\b\s*[.([]/;

/** Every import, or use of a global of Node, that breaks a rule, as "file → specifier: rule". Unit tests may import what they like. */
export function violations(files: SourceFiles, table: ImportTable): readonly string[] {
  const found: string[] = [];
  for (const [path, text] of files) {
    if (isTest(path)) continue;
    const folder = folderOf(path);
    if (folder !== undefined && !Object.hasOwn(table.folders, folder))
      found.push(`${path}: ${folder} is not in the table`);
    const nodeGlobal = isNodeSide(path) ? null : NODE_GLOBAL.exec(withoutComments(text));
    if (nodeGlobal !== null) found.push(`${path}: ${nodeGlobal[1]} belongs in node/ folders and cli`);
    for (const { specifier } of importsOf(text)) {
      const isFile = specifier.startsWith(".");
      const target = resolve(path, specifier);
      const broken = isFile ? checkFile(path, target, table) : checkPackage(path, specifier, table);
      if (broken !== undefined) found.push(`${path} → ${specifier}: ${broken}`);
      if (isFile && broken === undefined && !files.has(target)) found.push(`${path} → ${specifier}: no such file`);
    }
  }
  return found;
}

/** A map from each node to the nodes it points at. */
export type Edges = ReadonlyMap<string, Iterable<string>>;

function edgesOf(files: SourceFiles, counts: (edge: Import) => boolean): Edges {
  const sources = [...files].filter(([path]) => !isTest(path));
  return new Map(
    sources.map(([path, text]) => {
      const own = importsOf(text).filter((edge) => edge.specifier.startsWith(".") && counts(edge));
      return [path, own.map(({ specifier }) => resolve(path, specifier))];
    }),
  );
}

/** File → the files it needs when it runs; unit tests left out. */
export function fileEdges(files: SourceFiles): Edges {
  return edgesOf(files, ({ isTypeOnly }) => !isTypeOnly);
}

/** Folder → the other folders its files import, types included. */
export function folderEdges(files: SourceFiles): Edges {
  const edges = new Map<string, Set<string>>();
  for (const [path, targets] of edgesOf(files, () => true)) {
    const from = folderOf(path) ?? path;
    const known = edges.get(from) ?? new Set();
    edges.set(from, known);
    for (const target of targets) {
      const to = folderOf(target) ?? target;
      if (to !== from) known.add(to);
    }
  }
  return edges;
}

/** Cycles of a graph, each as "a → b → a"; empty exactly when there is none. */
export function cycles(edges: Edges): readonly string[] {
  const finished = new Set<string>();
  const path: string[] = [];
  const found: string[] = [];
  const visit = (node: string): void => {
    if (finished.has(node)) return;
    const start = path.indexOf(node);
    if (start >= 0) {
      found.push([...path.slice(start), node].join(" → "));
      return;
    }
    path.push(node);
    for (const next of edges.get(node) ?? []) visit(next);
    path.pop();
    finished.add(node);
  };
  for (const node of edges.keys()) visit(node);
  return found;
}
