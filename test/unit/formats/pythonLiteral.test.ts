import { describe, expect, it } from "vitest";
import { parsePythonLiteral } from "../../../src/formats/pythonLiteral.js";

describe("parsePythonLiteral()", () => {
  it.each([
    ["['a', 'b']", ["a", "b"]],
    ["[]", []],
    ["set()", []],
    ["()", []],
    ["('a',)", ["a"]],
    ["{'a', 'b'}", ["a", "b"]],
    ['["it\'s", \'say "x"\']', ["it's", 'say "x"']],
    ["['a\\'b', 'tab\\t', '\\xe9\\u00e9\\U0001f600', 'c:\\dir']", ["a'b", "tab\t", "éé😀", "c:\\dir"]],
    ["[1, -2.5, 1e-3, True, None]", ["1", "-2.5", "1e-3", true, null]],
    ["[u'a', 'b',]", ["a", "b"]],
  ])("reads %s", (text, value) => expect(parsePythonLiteral(text)).toEqual(value));

  it("reads a dict by its keys, of whatever name", () => {
    const found = parsePythonLiteral("{'a': 1.0, '__proto__': False}");
    expect([...(found ?? [])]).toEqual([
      ["a", "1.0"],
      ["__proto__", false],
    ]);
    expect(parsePythonLiteral("{}")).toEqual(new Map());
  });

  it.each([
    "",
    "a",
    "'a'",
    "('a')",
    "[a]",
    "['a' 'b']",
    "['a'",
    "['a';]",
    "[['a']]",
    "{'a': 1, 'b'}",
    "{'a': }",
    "[,]",
    "['a',,]",
    "array(['a'])",
    "[x for x in y]",
  ])("reads nothing else: %j", (text) => expect(parsePythonLiteral(text)).toBeUndefined());

  it("takes a time by the length of the text", () => {
    expect(parsePythonLiteral(`[${"'a', ".repeat(200_000)}]`)).toHaveLength(200_000);
    expect(parsePythonLiteral(`[${"'".repeat(200_001)}]`)).toBeUndefined();
    expect(parsePythonLiteral(`[${"[".repeat(200_000)}]`)).toBeUndefined();
  });
});
