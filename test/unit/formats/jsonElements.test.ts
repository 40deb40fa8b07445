import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayElements } from "../../../src/formats/jsonElements.js";

describe("arrayElements()", () => {
  it("gives the elements of any array, each where it stands", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 2), (values, space) => {
        const json = JSON.stringify(values, undefined, space);
        const found = [...arrayElements(json)];
        expect(found.map((own) => JSON.parse(own.json) as unknown)).toEqual(JSON.parse(json));
        for (const { json: own, at, line } of found) {
          expect(json.slice(at, at + own.length)).toBe(own);
          expect(line).toBe(json.slice(0, at).split("\n").length);
        }
      }),
    );
  });

  it("takes of fields with the same name the later one, as JSON.parse does", () => {
    const json = '{"a":{"b":[1]},"a":7,"a":{"b":3,"b":[4,5],"c":[6]}}';
    expect([...arrayElements(json, ["a", "b"])].map((own) => own.json)).toEqual(["4", "5"]);
  });

  it("finds an array by the names that lead to it, behind anything", () => {
    const name = fc.constantFrom("a", "b", 'q"]', "\\");
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), name, name, (before, values, outer, inner) => {
        const json = JSON.stringify({ first: before, [outer]: { first: before, [inner]: values } }, undefined, 1);
        const found = [...arrayElements(json, [outer, inner])].map((own) => JSON.parse(own.json) as unknown);
        expect(found).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });
});
