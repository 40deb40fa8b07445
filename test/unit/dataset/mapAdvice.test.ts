import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyLabelMap, parseLabelMap, type LabelMap } from "../../../src/dataset/labelMap.js";
import { addedMapFlag, bridge, mergeAdvice } from "../../../src/dataset/mapAdvice.js";
import { foldedLabel } from "../../../src/dataset/labelFold.js";

/** The map of each advice, as a shell hands it on; undefined where an advice has no command. */
function copied(advices: readonly string[]): (string | undefined)[] {
  const flags = advices.map((advice) => /--map (?:"[^"]*"|'.*')/su.exec(advice)?.[0]);
  const script = flags.map((flag) => `printf '%s\\0' ${flag?.slice("--map ".length) ?? "''"}`).join("\n");
  const words = execFileSync("sh", ["-s"], { input: script, encoding: "utf8" }).split("\0");
  return flags.map((flag, i) => (flag === undefined ? undefined : words[i]));
}

const blanksLeft = (advice: string): boolean => advice.startsWith("Say");

/** Labels that differ in what nobody means, and what a shell and a map read otherwise. */
const label = fc
  .oneof(
    fc.constantFrom(
      "1",
      "1.0",
      "0",
      "0.0",
      "-0",
      "good",
      "good ",
      " Good",
      "bad",
      "BAD",
      "a,b",
      "a, b",
      "A,B",
      "a=b",
      "A=b",
    ),
    fc.constantFrom(
      "drop",
      "Drop",
      '"drop"',
      "...",
      "$HOME",
      "`id`",
      "it's",
      "It's",
      "!x",
      "caf\u00e9",
      "cafe\u0301",
      "\\n",
      "a\nb",
    ),
    fc.string({ unit: fc.constantFrom("a", "A", " ", ",", "=", '"', "'", "1", "."), minLength: 1, maxLength: 4 }),
  )
  .filter((text) => text.trim() !== "");
/** The same label in another spelling. */
const respelled = (text: string, how: number): string =>
  [
    text.toUpperCase(),
    ` ${text}`,
    `${text}  `,
    text.normalize("NFD"),
    text.toLowerCase(),
    /^\d$/.test(text) ? `${text}.0` : text,
  ][how];
const labels = fc.uniqueArray(label, { minLength: 2, maxLength: 6 });

describe("bridge()", () => {
  it.each([
    [["1.0", "0.0"], ["0", "1"], 'Bridge them with --map "1.0=1,0.0=0"'],
    [["good ", "bad "], ["bad", "good"], `Bridge them with --map '"good "=good,"bad "=bad'`],
    [["Positive"], ["negative", "positive"], 'Bridge them with --map "Positive=positive"'],
    [["A, B"], ["a, b", "c"], `Bridge them with --map '"A, B"="a, b"'`],
    [["5", "1"], ["negative", "positive"], 'Bridge them with --map "5=positive,1=negative"'],
    [["1.0", "2"], ["0", "1"], 'Say what each stands for in place of "...", a label or drop: --map "1.0=1,2=..."'],
    // Two labels of the head mean the same, so neither is proposed.
    [["GOOD"], ["Good", "good"], 'Say what each stands for in place of "...", a label or drop: --map "GOOD=..."'],
    [["10000000000000000001"], ["10000000000000000002", "1"], expect.stringContaining("10000000000000000001=...")],
    [["a\nb"], ["A\nB", "c"], 'Rename or drop them with --map "old=new,old=drop"'],
  ])("advises for %j and the labels %j", (unknown, known, advice) => {
    expect(bridge(unknown, { known })).toEqual(advice);
  });

  it("keeps the map in use, and what it says of a label in another spelling", () => {
    const map = parseLabelMap("5=good,1=bad,3=drop");
    expect(bridge(["5.0", "3.0", "Good"], { known: ["good", "bad"], map })).toBe(
      'Bridge them with --map "5=good,1=bad,3=drop,5.0=good,3.0=drop,Good=good"',
    );
  });

  it("advises no command that would change the labels of a head which remembers its map", () => {
    const map = parseLabelMap("a=b,b=c");
    const known = ["b", "c"];
    expect(bridge(["C"], { known, map })).toContain("C=c");
    expect(bridge(["C"], { known, map, isRemembered: true })).not.toContain("C=c");
  });

  it("advises, for any two lists of labels, what a shell and the map read as labels of the same meaning", () => {
    const pairs = fc
      .sample(fc.tuple(labels, labels, fc.option(fc.nat(5))), { numRuns: 3000, seed: 5 })
      .map(([known, others, how]) => {
        const of = how === null ? others : known.map((one) => respelled(one, how));
        const unknown = of.filter((one) => !known.includes(one));
        return { known, unknown, advice: unknown.length === 0 ? "" : bridge(unknown, { known }) };
      });
    const commands = copied(pairs.map(({ advice }) => advice)).flatMap((written, i) =>
      written === undefined || !/^(Bridge|Say)/.test(pairs[i].advice) ? [] : [{ written, ...pairs[i] }],
    );
    for (const { written } of commands.filter(({ advice }) => blanksLeft(advice)))
      expect(() => parseLabelMap(written)).toThrow(/still to be filled in/);
    const bridged = commands.filter(({ advice }) => !blanksLeft(advice));
    expect(bridged.length).toBeGreaterThan(100);
    for (const { written, known, unknown } of bridged) {
      const map = parseLabelMap(written);
      const to = unknown.map((one) => applyLabelMap(map, one) ?? "");
      expect(known).toEqual(expect.arrayContaining(to));
      expect(to.map(foldedLabel)).toEqual(unknown.map(foldedLabel));
      expect(known.map((one) => applyLabelMap(map, one))).toEqual(known);
    }
  });

  it("is as short as people read for thousands of labels", () => {
    const unknown = Array.from({ length: 5000 }, (_, i) => `strange ${i}`);
    expect(bridge(unknown, { known: ["a", "b"] }).length).toBeLessThan(100);
    const same = unknown.map((one) => one.toUpperCase());
    expect(bridge(unknown, { known: same }).length).toBeLessThan(100);
  });
});

describe("addedMapFlag()", () => {
  it("does to any label what the map in use does, and then the other", () => {
    const map = fc.uniqueArray(fc.tuple(label, fc.option(label, { nil: undefined })), {
      selector: ([key]) => key,
      maxLength: 4,
    });
    const samples = fc.sample(fc.tuple(map, map, labels), { numRuns: 1000, seed: 3 });
    const flags = samples.map(([first, second]) => addedMapFlag(new Map(first), new Map(second)) ?? "");
    const then = (of: LabelMap, one: string | undefined): string | undefined =>
      one === undefined ? undefined : applyLabelMap(of, one);
    for (const [i, written] of copied(flags).entries()) {
      const [first, second, some] = samples[i];
      if (written === undefined || first.length + second.length === 0) continue;
      const both = parseLabelMap(written);
      for (const one of [...some, ...first.map(([key]) => key), ...second.map(([key]) => key)]) {
        expect(applyLabelMap(both, one)).toBe(then(new Map(second), then(new Map(first), one)));
      }
    }
  });
});

describe("mergeAdvice()", () => {
  it("brings every group to one label, whatever the order of its pairs", () => {
    const advice = mergeAdvice([
      ["Spam", "spam"],
      ["SPAM", "Spam"],
      ["spma", "spam"],
    ]);
    const map = parseLabelMap(copied([advice])[0] ?? "");
    expect(["Spam", "SPAM", "spma", "spam"].map((one) => applyLabelMap(map, one))).toEqual(Array(4).fill("spam"));
    expect(mergeAdvice([["1.0", "1"]], parseLabelMap("5=1"))).toBe(
      'if they are one, --map "5=1,1.0=1" brings them together',
    );
  });
});
