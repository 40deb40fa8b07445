/** What the rules of imports.test.ts look at: the files of src with their imports, read from the syntax tree. */

import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import ts from "typescript";

/** Contents by path from the repository's root, with slashes: `src/math/matrix.ts`. */
export type SourceTree = ReadonlyMap<string, string>;

export interface Import {
  /** As written: `../math/matrix.js`, `node:fs`. */
  readonly specifier: string;
  /** The file meant, when the specifier is relative: `src/math/matrix.ts`. */
  readonly target: string | undefined;
  /** Names taken; `*` for all of them (namespace, default, dynamic, `require`), empty for an import for effect. */
  readonly names: readonly { readonly imported: string; readonly local: string }[];
  readonly typeOnly: boolean;
  /** 1-based. */
  readonly line: number;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** TypeScript files below `root`/src. */
export function readSourceTree(root: string): SourceTree {
  const entries = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** Files with every import in them: static, re-exported, dynamic, of a type, by `require`. */
export function parseTree(tree: SourceTree): readonly SourceFile[] {
  return [...tree].map(([path, text]) => {
    const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
    const imports: Import[] = [];
    visit(syntax, (node) => {
      const found = importOf(node);
      if (found === undefined) return;
      const target = found.specifier.startsWith(".") ? resolved(path, found.specifier) : undefined;
      imports.push({ ...found, target, line: lineOf(syntax, node) });
    });
    return { path, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0), syntax, imports };
  });
}

/** Calls `see` with `node` and everything below it. */
export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** 1-based line on which `node` starts. */
export function lineOf(syntax: ts.SourceFile, node: ts.Node): number {
  return syntax.getLineAndCharacterOfPosition(node.getStart(syntax)).line + 1;
}

const ALL = [{ imported: "*", local: "*" }];

function importOf(node: ts.Node): Omit<Import, "target" | "line"> | undefined {
  if (ts.isImportDeclaration(node)) {
    const clause = node.importClause;
    return {
      specifier: literal(node.moduleSpecifier),
      names: importedNames(clause),
      typeOnly: clause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const clause = node.exportClause;
    const names = clause !== undefined && ts.isNamedExports(clause) ? clause.elements.map(namePair) : ALL;
    return { specifier: literal(node.moduleSpecifier), names, typeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: literal(node.argument.literal), names: ALL, typeOnly: true };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { specifier: literal(node.moduleReference.expression), names: ALL, typeOnly: node.isTypeOnly };
  }
  if (ts.isCallExpression(node) && node.arguments.length > 0 && loads(node.expression)) {
    return { specifier: literal(node.arguments[0]), names: ALL, typeOnly: false };
  }
  return undefined;
}

function importedNames(clause: ts.ImportClause | undefined): Import["names"] {
  if (clause === undefined) return [];
  const names = clause.name === undefined ? [] : [{ imported: "*", local: clause.name.text }];
  if (clause.namedBindings === undefined) return names;
  if (ts.isNamespaceImport(clause.namedBindings))
    return [...names, { imported: "*", local: clause.namedBindings.name.text }];
  return [...names, ...clause.namedBindings.elements.filter((element) => !element.isTypeOnly).map(namePair)];
}

function namePair({ propertyName, name }: ts.ImportSpecifier | ts.ExportSpecifier): Import["names"][number] {
  return { imported: (propertyName ?? name).text, local: name.text };
}

/** `import(...)`, `require(...)`, `require.resolve(...)`. */
function loads(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text === "resolve" && loads(callee.expression);
  return ts.isIdentifier(callee) && callee.text === "require";
}

/** A specifier that is computed stands for itself, so that no rule takes it for a harmless one. */
function literal(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : node.getText();
}

function resolved(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.([cm]?)js$/, ".$1ts");
}
