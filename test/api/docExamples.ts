/** The examples in the doc comments of what the package exports, as modules that run. */

import { posix } from "node:path";
import ts from "typescript";
import type { Entry, Exported, PublicApi } from "./publicApi.js";

export interface Example {
  /** `headstart/heads: argmax` */
  readonly name: string;
  readonly code: string;
}

/** The description of an exported value, before any tag. */
export const descriptionOf = ({ symbol }: Exported, { checker }: PublicApi): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker));

/** Every example of an exported value. */
export const examplesOf = (entry: Entry, { name, symbol }: Exported, { checker }: PublicApi): readonly Example[] =>
  symbol
    .getJsDocTags(checker)
    .filter((tag) => tag.name === "example")
    .map(({ text }) => ({ name: `${entry.name}: ${name}`, code: ts.displayPartsToString(text) }));

/** Names that a module uses and does not declare; types too. */
function freeNames(code: string): ReadonlySet<string> {
  const [used, declared] = [new Set<string>(), new Set<string>()];
  const see = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isMember(node)) (isDeclared(node) ? declared : used).add(node.text);
    ts.forEachChild(node, see);
  };
  see(ts.createSourceFile("example.ts", code, ts.ScriptTarget.ESNext, true));
  return new Set([...used].filter((name) => !declared.has(name)));
}

const isMember = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) ||
  (ts.isPropertyAssignment(node.parent) && node.parent.name === node) ||
  (ts.isBindingElement(node.parent) && node.parent.propertyName === node);

const isDeclared = (node: ts.Identifier): boolean =>
  (ts.isVariableDeclaration(node.parent) ||
    ts.isParameter(node.parent) ||
    ts.isBindingElement(node.parent) ||
    ts.isFunctionDeclaration(node.parent)) &&
  node.parent.name === node;

const NODE = { readFile: "node:fs/promises" } as const;

/** The example with imports of what it uses: of its own entry first, then of the others, then of `fixtures`. */
export function moduleOf({ name, code }: Example, { entries }: PublicApi, fixtures: readonly string[]): string {
  const own = name.split(":")[0];
  const ordered = entries.toSorted((a, b) => Number(b.name === own) - Number(a.name === own));
  const from = (used: string): string | undefined =>
    ordered.find(({ exported }) => exported.some((one) => one.name === used))?.name ??
    (fixtures.includes(used) ? "./fixtures.js" : (NODE as Record<string, string>)[used]);
  const typeOnly = (used: string): boolean =>
    ordered.some(({ exported }) => exported.some((one) => one.name === used && !one.isValue)) &&
    !ordered.some(({ exported }) => exported.some((one) => one.name === used && one.isValue));
  const imports = [...freeNames(code)].flatMap((used) => {
    const module = from(used);
    return module === undefined ? [] : [`import ${typeOnly(used) ? "type " : ""}{ ${used} } from "${module}";`];
  });
  return [...imports, "export {};", code, ""].join("\n");
}

/** Name of the file of an example. */
export const fileName = ({ name }: Example, i: number): string =>
  `${posix.basename(name.replace(/: /, "-")).replace(/\W/g, "-")}-${i}.ts`;

/** What each `console.log(...); // value` of an example is said to print, by the number of the call; undefined for none. */
export const claims = (code: string): readonly (string | undefined)[] =>
  [...code.matchAll(/console\.log\(.*\);(?: \/\/ (.*))?$/gm)].map(([, value]) => value);
