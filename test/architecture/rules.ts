/** The rules that src keeps, as functions from its files to what breaks them: one line each, `file:line: what`. */

import { posix } from "node:path";
import ts from "typescript";
import { lineOf, parseTree, visit, type Import, type SourceFile, type SourceTree } from "./source-tree.js";

/** A file imports from its own top folder and from top folders of a lower rank. */
const RANKS: Readonly<Record<string, number>> = {
  text: 0, // how words and numbers are put into messages and reports
  defaults: 0,
  errors: 0,
  version: 0,
  math: 0,
  files: 1, // the floor for the hub's cache and all outputs alike
  formats: 1,
  onnx: 1,
  metrics: 1,
  corpus: 2,
  encoder: 2,
  vectors: 2,
  dataset: 3, // labeled data: what classification, tagging and transfer share
  store: 3,
  head: 4,
  embedding: 4,
  classification: 5,
  tagging: 5, // what classification is for texts: it learns with head, measures with metrics
  transfer: 6,
  report: 7,
  export: 7,
  pipeline: 8, // from a text to a prediction: what command line, library and server share
  serve: 9,
  cli: 10,
  api: 11, // what each sub-path of the package exports
  index: 11,
};

/** Imports that the lowest rank has in itself. */
const FLOOR = [
  ["math", "errors"],
  ["math", "defaults"],
  ["errors", "text"],
] as const;

/**
 * Folders inside a top folder, and one that has to be above all of its own: between two of them too an import goes to the
 * lower rank. Where a top folder is not here itself, its own files are what holds its folders together.
 */
const INNER_RANKS: Readonly<Record<string, number>> = {
  "formats/arrow": 1,
  "formats/zstd": 0,
  "formats/parquet": 1,
  "metrics/intervals": 0,
  "onnx/model": 0,
  "onnx/runtime": 1,
  "onnx/rewrite": 1,
  "onnx/quantize": 1,
  "corpus/decode": 0,
  "corpus/json": 1,
  "corpus/columnar": 1,
  "dataset/nearDuplicates": 0,
  "classification/choice": 0,
  "classification/curve": 1,
  "classification/multiLabel": 1,
  "encoder/tokenizer/stages": 0,
  "encoder/tokenizer": 1,
  "encoder/folder": 1,
  "encoder/hub": 2,
  "encoder/embed": 2,
  "encoder/static": 3,
  "encoder/model": 3,
  "vectors/arrow": 0,
  "vectors/jsonl": 0,
  "vectors/parquet": 0,
  "vectors/npy": 1, // with JSON lines beside it
  "vectors/csv": 1,
  "store/cache": 0,
  "store/resume": 0,
  "head/linear": 0,
  "head/mlp": 0,
  "head/file": 1,
  "classification/decision": 0,
  "tagging/corpus": 0,
  "tagging/crf": 1,
  "tagging/vectors": 1,
  "tagging/model": 2,
  "tagging/file": 3,
  "transfer/divergence": 0,
  "transfer/ranking": 0,
  "transfer/suggest": 1,
  "transfer/forecast": 1,
  "transfer/curves": 1,
  "transfer/adaptation": 2,
  "transfer/experiment": 3,
  "transfer/entities": 4,
  "transfer/matrix": 4,
  "transfer/layers": 4,
  "transfer/sources": 4,
  "report/html": 0,
  "report/tensorboard": 0,
  "report/text": 1,
  "report/html/transfer/sections": 1,
  "report/html/transfer": 2,
  pipeline: 0,
  "pipeline/train": 1,
  "pipeline/compare": 1,
  "cli/flags": 0,
  "cli/completion": 0,
  "cli/embed": 1,
  "cli/train": 1,
  "cli/predict": 1,
  "cli/split": 1,
  "cli/evaluate": 1,
  "cli/ner": 1,
  "cli/commands": 2,
};

/** What is made by a tool is not held to rules of taste. */
const GENERATED = new Set(["src/onnx/model/onnx_pb.ts"]);

const MAX_LINES = 300;
/** Directly in a folder. */
const MAX_FILES = 20;
const JUNK_DRAWER = /^(utils?|helpers?|common|misc|types)$/i;
const FILE_SYSTEM = /^(node:)?fs(\/promises)?$/;
/** Of node:fs, without the ending Sync. `open` is looked at call by call. */
const READERS = new Set(
  (
    "access close constants createReadStream exists fstat lstat open opendir read readdir readFile readlink readv " +
    "realpath stat statfs watch watchFile unwatchFile Dir Dirent ReadStream Stats"
  ).split(" "),
);

/** Everything in `tree` that breaks a rule; empty when all is well. */
export function violations(tree: SourceTree): readonly string[] {
  const files = parseTree(tree);
  const found = files.flatMap((file) => [
    ...badNames(file),
    ...badImports(file, tree),
    ...runtimeImports(file),
    ...privateImports(file),
    ...diskWrites(file),
    ...defaultExports(file),
    ...hiddenInputs(file),
    ...(/^src\/(index\.ts$|api\/)/.test(file.path) ? codeInIndex(file) : []),
  ]);
  return [...found, ...fullFolders(files), ...sharedNames(files), ...cycles(files)];
}

function badNames({ path, lines }: SourceFile): string[] {
  if (GENERATED.has(path)) return [];
  const found = [];
  const names = path.split("/").map((part) => part.replace(/\..*$/, ""));
  const drawer = names.find((name) => JUNK_DRAWER.test(name));
  if (drawer !== undefined) found.push(`${path}: "${drawer}" names no thing; a thing lives with its name`);
  const placeless = RANKS[roomOf(path)] === undefined ? roomOf(path) : innerPlaceless(path);
  if (placeless !== undefined) found.push(`${path}: "${placeless}" has no place in the order of folders`);
  if (lines > MAX_LINES) found.push(`${path}: ${lines} lines, more than ${MAX_LINES}`);
  return found;
}

/** The folder of a file, where it lies inside a top folder and has no rank there. */
function innerPlaceless(path: string): string | undefined {
  const folder = folderOf(path);
  return folder.includes("/") && INNER_RANKS[folder] === undefined ? folder : undefined;
}

function fullFolders(files: readonly SourceFile[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of files) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > MAX_FILES)
    .map(([folder, count]) => `${folder}: ${count} files, more than ${MAX_FILES}; those of one subject need a folder`);
}

function badImports({ path, imports }: SourceFile, tree: SourceTree): string[] {
  const room = roomOf(path);
  return imports.flatMap(({ target, specifier, line }) => {
    if (target === undefined) return [];
    const at = `${path}:${line}: `;
    if (!tree.has(target)) return [`${at}${specifier} is no file of src`];
    const other = roomOf(target);
    if (other === "index") return [`${at}imports src/index.ts, which is for users of the package`];
    if (RANKS[room] === undefined || RANKS[other] === undefined) return []; // said once, of the folder
    if (RANKS[other] < RANKS[room] || FLOOR.some(([from, to]) => room === from && other === to)) return [];
    if (other !== room) return [rankMessage(at, [room, RANKS[room]], [other, RANKS[other]])];
    const [from, to] = [folderOf(path), folderOf(target)];
    const [own, lower] = [INNER_RANKS[from], INNER_RANKS[to]];
    if (from === to || own === undefined || lower === undefined || lower < own) return [];
    return [rankMessage(at, [from, own], [to, lower])];
  });
}

type Ranked = readonly [name: string, rank: number];

const rankMessage = (at: string, [from, own]: Ranked, [to, other]: Ranked): string =>
  `${at}${from} (${own}) imports ${to} (${other}): only lower ranks may be imported`;

function runtimeImports({ path, imports }: SourceFile): string[] {
  if (roomOf(path) === "onnx") return [];
  return imports
    .filter(({ specifier }) => /\bonnxruntime-(node|common|web)\b/.test(specifier))
    .map(({ line, specifier }) => `${path}:${line}: imports ${specifier}, which only src/onnx does`);
}

/** Files of a package that it keeps to itself, whatever its exports let through. */
function privateImports({ path, imports }: SourceFile): string[] {
  return imports
    .filter(
      ({ specifier }) =>
        /^(@[^/]+\/)?[\w.-]+\/(src|dist|lib|node_modules)\//.test(specifier) && !specifier.startsWith("."),
    )
    .map(({ line, specifier }) => `${path}:${line}: imports ${specifier}, an inner file of a package`);
}

function diskWrites(file: SourceFile): string[] {
  if (roomOf(file.path) === "files") return [];
  const used = file.imports.filter(({ specifier, typeOnly }) => FILE_SYSTEM.test(specifier) && !typeOnly);
  return used.flatMap((one) => [
    ...one.names
      .filter(({ imported }) => !READERS.has(imported.replace(/Sync$/, "")))
      .map(
        ({ imported }) => `${file.path}:${one.line}: takes ${imported} from ${one.specifier}; only src/files writes`,
      ),
    ...opensForWriting(file, one),
  ]);
}

/** Uses of an imported `open` other than a call with the flag "r" or with none. */
function opensForWriting({ path, syntax }: SourceFile, { names }: Import): string[] {
  const openers = new Set(names.filter(({ imported }) => /^open(Sync)?$/.test(imported)).map(({ local }) => local));
  const found: string[] = [];
  visit(syntax, (node) => {
    if (!ts.isIdentifier(node) || !openers.has(node.text) || ts.isImportSpecifier(node.parent)) return;
    if (
      isMemberName(node) ||
      (ts.isCallExpression(node.parent) && node.parent.expression === node && readsOnly(node.parent))
    )
      return;
    found.push(`${path}:${lineOf(syntax, node)}: opens a file other than with the flag "r"; only src/files writes`);
  });
  return found;
}

/** `x.open`, `{ open: ... }`, a method `open()`: not the imported name. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodSignature(parent)) &&
    parent.name === node
  );
}

function readsOnly({ arguments: [, flag] }: ts.CallExpression): boolean {
  return flag === undefined || (ts.isStringLiteralLike(flag) && flag.text === "r");
}

function defaultExports({ path, syntax }: SourceFile): string[] {
  const found: string[] = [];
  for (const statement of syntax.statements) {
    const isDefault =
      ts.isExportAssignment(statement) ||
      (ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) ||
      (ts.isExportDeclaration(statement) &&
        statement.exportClause !== undefined &&
        ts.isNamedExports(statement.exportClause) &&
        statement.exportClause.elements.some(({ name }) => name.text === "default"));
    if (isDefault) found.push(`${path}:${lineOf(syntax, statement)}: default export`);
  }
  return found;
}

/** Randomness and time are arguments; only the command line may make them up. */
function hiddenInputs({ path, syntax }: SourceFile): string[] {
  if (roomOf(path) === "cli") return [];
  const found: string[] = [];
  visit(syntax, (node) => {
    if (!ts.isPropertyAccessExpression(node)) return;
    const name = node.getText(syntax).replace(/\s/g, "");
    if (!/^(globalThis\.)?(Math\.random|Date\.now)$/.test(name)) return;
    found.push(`${path}:${lineOf(syntax, node)}: ${name} outside src/cli`);
  });
  return found;
}

function codeInIndex({ path, syntax }: SourceFile): string[] {
  return syntax.statements
    .filter(
      (one) => !ts.isExportDeclaration(one) || one.exportClause === undefined || !ts.isNamedExports(one.exportClause),
    )
    .map((one) => `${path}:${lineOf(syntax, one)}: more than named re-exports`);
}

/** Names that two files declare and export: whoever searches for one must find one meaning. */
function sharedNames(files: readonly SourceFile[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { path, syntax } of files) {
    if (GENERATED.has(path)) continue;
    for (const name of syntax.statements.flatMap(exportedNames))
      places.set(name, (places.get(name) ?? new Set()).add(path));
  }
  return [...places].flatMap(([name, own]) =>
    own.size > 1 ? [`${[...own].sort().join(", ")}: "${name}" is exported with several meanings`] : [],
  );
}

/** Names that a statement declares and exports itself. */
function exportedNames(statement: ts.Statement): readonly string[] {
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  if (!isExported) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  const { name } = statement as ts.Statement & { readonly name?: ts.Identifier };
  return name === undefined ? [] : [name.text];
}

/** Each group of files that import one another, once, as a path through it. */
function cycles(files: readonly SourceFile[]): string[] {
  const edges = new Map(files.map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]));
  const done = new Set<string>();
  const found: string[] = [];
  const follow = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`import cycle: ${[...trail.slice(start), path].join(" -> ")}`);
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) follow(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) follow(path, []);
  return found;
}

/** Folder below src, or the name of a file that lies in src itself: `math`, `errors`. */
function roomOf(path: string): string {
  const [, first] = path.split("/");
  return first.endsWith(".ts") ? posix.basename(first, ".ts") : first;
}

/** Folder below src of a file: `onnx/model`; `.` for one that lies in src itself. */
function folderOf(path: string): string {
  return posix.relative("src", posix.dirname(path)) || ".";
}
