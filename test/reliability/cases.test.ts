import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { CASES, PARTLY, WITHOUT } from "./cases.js";

const TESTS = fileURLToPath(new URL("..", import.meta.url));
const AT_THE_END = /\[([A-Z]\d{2}(?:, [A-Z]\d{2})*)\]$/;

/** Whether a call names a test or a group that runs: `it`, `describe.each(rows)`, `it.skipIf(never)`; not `it.skip`. */
function namesTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return ["it", "test", "describe"].includes(callee.text);
  if (ts.isCallExpression(callee)) return namesTest(callee.expression);
  return (
    ts.isPropertyAccessExpression(callee) &&
    !["skip", "todo"].includes(callee.name.text) &&
    namesTest(callee.expression)
  );
}

/** The end of a name in quotes, whatever a template has in front of it. */
function endOf(name: ts.Expression | undefined): string {
  if (name === undefined) return "";
  if (ts.isTemplateExpression(name)) return name.templateSpans.at(-1)?.literal.text ?? "";
  return ts.isStringLiteralLike(name) ? name.text : "";
}

/** Ids of cases at the end of the names of tests and groups, in the order of the source. */
function idsIn(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && namesTest(node.expression)) {
      const ids = AT_THE_END.exec(endOf(node.arguments[0]))?.[1];
      if (ids !== undefined) found.push(...ids.split(", "));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("a.test.ts", source, ts.ScriptTarget.Latest));
  return found;
}

describe("idsIn()", () => {
  it("takes what stands at the end of the names of tests and groups", () => {
    const source = `
      describe.skipIf(slow)("a [A01]", () => {
        describe.each(KINDS)('b %s [B02, B03]', () => {});
        it.each<[string]>([["x"]])("c %s [C04]", async () => {});
        for (const name of names) it(\`d \${name} [D05]\`, { timeout: 1 }, () => {});
        test(\`e [E06]\`, () => {});
      });`;
    expect(idsIn(source)).toEqual(["A01", "B02", "B03", "C04", "D05", "E06"]);
  });

  it("takes nothing from other texts, from within a name, or from tests that never run", () => {
    const source = `
      // it("a [A01]")
      const text = 'it("b [A02]", f)'; note("c [A03]"); expect(x, "d [A04]").toBe(1);
      it.each(["e [A05]"])("%s", f); it("f [A06] and more", f); it("g [A7]", f); it("h A08]", f);
      it("i", () => run("j [A09]")); it(\`k \${"[A10]"}\`, f); it.skip("l [A11]", f); describe.todo("m [A12]");`;
    expect(idsIn(source)).toEqual([]);
  });
});

describe("cases of reliability", () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
  const found = files.flatMap((file) =>
    idsIn(readFileSync(join(TESTS, file), "utf8")).map((id) => ({ id, place: `${id} in ${file}` })),
  );
  const carried = new Set(found.map(({ id }) => id));

  it("are all that the names of tests have ids of", () => {
    expect(found.filter(({ id }) => !Object.hasOwn(CASES, id)).map(({ place }) => place)).toEqual([]);
  });

  it("have a test, or a reason why they have none", () => {
    expect(Object.keys(CASES).filter((id) => !carried.has(id))).toEqual(Object.keys(WITHOUT).sort());
  });

  it("are tested in part only where a test has their id", () => {
    expect(Object.keys(PARTLY).filter((id) => !carried.has(id))).toEqual([]);
  });

  it("are each described in at most twelve words", () => {
    expect(Object.entries(CASES).filter(([, what]) => what.split(" ").length > 12)).toEqual([]);
  });
});
