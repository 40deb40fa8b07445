/** What the package exports, read from its built declarations: names, declarations, and the types that occur in them. */

import { readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import ts from "typescript";
import { ROOT } from "../cli/runCli.js";

/** What an entry of the package exports under one name. */
export interface Exported {
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** All overloads, and what is merged under the name. */
  readonly declarations: readonly ts.Declaration[];
  /** Whether it is there when a program runs: a function, a class, a constant. */
  readonly isValue: boolean;
}

/** An entry as it is imported: `headstart`, `headstart/heads`. */
export interface Entry {
  readonly name: string;
  readonly exported: readonly Exported[];
}

export interface PublicApi {
  readonly entries: readonly Entry[];
  readonly checker: ts.TypeChecker;
}

/** The entries of package.json, each with what its declarations say, sorted by name. */
export function readPublicApi(): PublicApi {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  const files = Object.entries(exports).flatMap(([path, target]) =>
    typeof target === "string" ? [] : [{ name: posix.join("headstart", path), file: join(ROOT, target.types) }],
  );
  const program = ts.createProgram(
    files.map(({ file }) => file),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      strict: true,
      types: ["node"],
      skipLibCheck: true,
    },
  );
  const checker = program.getTypeChecker();
  const entries = files.map(({ name, file }) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} is no module. Build the package first`);
    const exported = checker.getExportsOfModule(module).map((symbol) => describe(symbol, checker));
    return { name, exported: exported.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  });
  return { entries, checker };
}

function describe(alias: ts.Symbol, checker: ts.TypeChecker): Exported {
  const symbol = resolved(alias, checker);
  const isType = alias.declarations?.some((one) => ts.isExportSpecifier(one) && one.parent.parent.isTypeOnly) === true;
  // A schema is behind some types, under their name.
  const declarations = (symbol.declarations ?? []).filter((one) => !isType || !ts.isVariableDeclaration(one));
  return { name: alias.name, symbol, declarations, isValue: !isType && (symbol.flags & ts.SymbolFlags.Value) !== 0 };
}

const resolved = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** Where a declaration stands, in terms of the sources: `src/head/head.ts`. */
export const sourceOf = (declaration: ts.Node): string =>
  relative(ROOT, declaration.getSourceFile().fileName)
    .split(sep)
    .join("/")
    .replace(/^dist\//, "src/")
    .replace(/\.d\.ts$/, ".ts");

/**
 * Types of the package itself that occur in a declaration: parameters, results, members, what it extends. A constant in
 * `typeof` is none: its type is known without its name.
 */
export function typesIn(declaration: ts.Declaration, checker: ts.TypeChecker): readonly ts.Symbol[] {
  const found = new Set<ts.Symbol>();
  const see = (node: ts.Node): void => {
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword))
      return;
    const named = nameOfType(node);
    const symbol = named && checker.getSymbolAtLocation(named);
    if (symbol !== undefined) found.add(resolved(symbol, checker));
    ts.forEachChild(node, see);
  };
  see(declaration);
  return [...found].filter(
    ({ flags, declarations }) =>
      (flags & ts.SymbolFlags.TypeParameter) === 0 &&
      (flags & ts.SymbolFlags.Type) !== 0 &&
      declarations?.some(isOurs) === true,
  );
}

function nameOfType(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isTypeQueryNode(node)) return node.exprName;
  return ts.isImportTypeNode(node) ? node.qualifier : undefined;
}

const isOurs = (declaration: ts.Declaration): boolean =>
  declaration.getSourceFile().fileName.startsWith(join(ROOT, "dist").split(sep).join("/"));

/** A parameter of an exported function, or a property of an exported type, with the type it has. */
export interface Named {
  /** `predictSets(labels)`, `Head.labels` */
  readonly where: string;
  readonly name: string;
  readonly type: ts.Type;
}

/** Parameters of an exported function, overload by overload. */
export const parametersOf = ({ symbol }: Exported, checker: ts.TypeChecker): readonly (readonly Named[])[] =>
  checker.getSignaturesOfType(checker.getTypeOfSymbol(symbol), ts.SignatureKind.Call).map((signature) =>
    signature.getParameters().map((parameter) => ({
      where: `${symbol.name}()`,
      name: parameter.name,
      type: checker.getNonNullableType(checker.getTypeOfSymbol(parameter)),
    })),
  );

/** Properties and parameters that a declaration names, its methods' too. */
export function namedIn(declaration: ts.Declaration, checker: ts.TypeChecker): readonly Named[] {
  const found: Named[] = [];
  const see = (node: ts.Node): void => {
    if ((ts.isPropertySignature(node) || ts.isParameter(node)) && ts.isIdentifier(node.name)) {
      const where = (ts.getNameOfDeclaration(declaration) as ts.Identifier | undefined)?.text ?? "";
      const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
      found.push({ where, name: node.name.text, type });
    }
    ts.forEachChild(node, see);
  };
  see(declaration);
  return found;
}
