import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readPublicApi, type Entry, type Exported } from "./publicApi.js";

const FOLDER = fileURLToPath(new URL("snapshot", import.meta.url));
const { entries, checker } = readPublicApi();
const root = entries.find(({ name }) => name === "headstart")!;
const inRoot = new Set(root.exported.map(({ symbol }) => symbol));
const printer = ts.createPrinter({ removeComments: true });

const fileOf = ({ name }: Entry): string => `${name.replace(/^headstart\/?/, "") || "index"}.d.ts.txt`;

/** A declaration without comments; a type that is made from a schema, as what it is. */
function textOf(declaration: ts.Declaration): string {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const source = node.getSourceFile();
  if (ts.isTypeAliasDeclaration(node) && /\btypeof\b/.test(node.type.getText())) {
    const flags = ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.InTypeAlias;
    const type = checker.typeToTypeNode(checker.getTypeAtLocation(node), node, flags)!;
    return `export type ${node.name.text} = ${sortedUnions(printer.printNode(ts.EmitHint.Unspecified, type, source))};`;
  }
  const text = printer.printNode(ts.EmitHint.Unspecified, node, source);
  return text.replace(/^(export )?(declare )?/, "export ");
}

/** The compiler gives the members of such unions in the order in which it met them anywhere. */
const sortedUnions = (text: string): string =>
  text.replace(/"[^"]*"(?: \| "[^"]*")+/g, (union) => union.split(" | ").sort().join(" | "));

const written = ({ name, symbol, declarations }: Exported, entry: Entry): string =>
  entry !== root && inRoot.has(symbol)
    ? `export type { ${name} } from "headstart";`
    : declarations.map(textOf).join("\n");

describe("the package's declarations", () => {
  it.each(entries)("of $name are those in the snapshot; CONTRIBUTING.md says how to renew it", async (entry) => {
    const text = entry.exported.map((one) => written(one, entry)).join("\n\n");
    await expect(await format(text, { parser: "typescript", printWidth: 120 })).toMatchFileSnapshot(
      `snapshot/${fileOf(entry)}`,
    );
  });

  it("have no snapshot of an entry that is gone", () => {
    expect(existsSync(FOLDER)).toBe(true);
    expect(readdirSync(FOLDER).sort()).toEqual(entries.map(fileOf).sort());
  });
});
