import { describe, expect, it } from "vitest";
import ts from "typescript";
import { namedIn, parametersOf, readPublicApi, sourceOf, typesIn, type Entry, type Exported } from "./publicApi.js";

const { entries, checker } = readPublicApi();
const root = entries.find(({ name }) => name === "headstart")!;
const exported = [...new Map(entries.flatMap((entry) => entry.exported.map((one) => [one.symbol, one]))).values()];

/** Types that occur in what an entry exports, and that neither it nor the root exports. */
function missingTypes({ name, exported: own }: Entry): string[] {
  const known = new Set([...own, ...root.exported].map(({ symbol }) => symbol));
  const missingIn = (one: Exported): string[] =>
    one.declarations
      .flatMap((declaration) => typesIn(declaration, checker))
      .filter((type) => !known.has(type))
      .map((type) => `${name} exports ${one.name}, but not its ${type.name} of ${sourceOf(type.declarations![0])}`);
  return [...new Set(own.flatMap(missingIn))];
}

/** An object of options: no list, no matrix and the like, but fields that can be left out. */
const isOptions = (type: ts.Type): boolean => {
  const fields = checker.getPropertiesOfType(type);
  return (
    fields.length > 0 &&
    checker.getIndexTypeOfType(type, ts.IndexKind.Number) === undefined &&
    fields.every((field) => (field.flags & ts.SymbolFlags.Optional) !== 0)
  );
};

/** Parameters named like options, or that are some, before the last one. */
const earlyOptions = (one: Exported): string[] =>
  parametersOf(one, checker).flatMap((parameters) =>
    parameters
      .slice(0, -1)
      .filter(({ name, type }) => /options$/i.test(name) || isOptions(type))
      .map(({ where, name }) => `${where} has its options, ${name}, before another parameter`),
  );

/** Names, or how many rows have each, as saved records have it; nothing but null of texts without labels. */
const NAMES = ["readonly string[]", "string[]", "Readonly<Record<string, number>>", "never"];

describe("the package's exports", () => {
  it("are some", () => {
    expect(entries.map(({ name }) => name)).toContain("headstart/heads");
    expect(root.exported.filter(({ isValue }) => isValue).map(({ name }) => name)).toEqual([
      "HeadstartError",
      "compareHeads",
      "loadPipeline",
      "train",
    ]);
  });

  it("have every type that occurs in them", () => {
    expect(entries.flatMap(missingTypes)).toEqual([]);
  });

  it("take options as the last parameter", () => {
    expect(exported.flatMap(earlyOptions)).toEqual([]);
  });

  it("mean names by labels, and numbers of labels by classes", () => {
    const named = exported.flatMap(({ declarations }) => declarations.flatMap((one) => namedIn(one, checker)));
    const labels = named.filter(({ name }) => name === "labels");
    expect(labels.length).toBeGreaterThan(10);
    const odd = labels.filter(({ type }) => !NAMES.includes(checker.typeToString(type)));
    expect(odd.map(({ where, type }) => `${where}: labels is ${checker.typeToString(type)}`)).toEqual([]);
    const classes = named.filter(({ name }) => name === "classes");
    expect(classes.length).toBeGreaterThan(3);
    expect([...new Set(classes.map(({ type }) => checker.typeToString(type)))]).toEqual(["number"]);
  });
});
