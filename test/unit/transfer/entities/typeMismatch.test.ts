import { describe, expect, it } from "vitest";
import { parseLabelMap, writtenLabelMap } from "../../../../src/dataset/labelMap.js";
import type { EmbeddedSentences } from "../../../../src/tagging/vectors/embeddedSentences.js";
import { mapFromPairs } from "../../../../src/transfer/entities/suggestTypeMap.js";
import { typeMismatch, typesNotComparable } from "../../../../src/transfer/entities/typeMismatch.js";
import { taggedCorpus } from "../../tagging/taggedCorpus.js";

/** The corpus with its types x and y under other names; O for one without a name. */
function renamed(data: EmbeddedSentences, names: Readonly<Record<string, string | undefined>>): EmbeddedSentences {
  const sentences = data.sentences.map((sentence) => {
    const tags = sentence.tags.map((tag) => {
      const name = tag === "O" ? undefined : names[tag.slice(2)];
      return name === undefined ? "O" : `${tag.slice(0, 2)}${name}`;
    });
    return { ...sentence, tags, written: tags };
  });
  return { ...data, sentences };
}

const corpus = taggedCorpus(8);
const mismatchOf = (source: EmbeddedSentences, target: EmbeddedSentences, map?: string) =>
  typeMismatch({ source, target: [target], map: map === undefined ? undefined : parseLabelMap(map) });

describe("typeMismatch()", () => {
  it("is none where both sides have the same types", () => {
    expect(mismatchOf(corpus, corpus)).toBeUndefined();
  });

  it("names the types that one side lacks, and drops the source's", () => {
    const found = mismatchOf(corpus, renamed(corpus, { x: "x", y: "z" }))!;
    expect(found).toMatchObject({ shared: ["x"], onlySource: ["y"], onlyTarget: ["z"], isOpen: true });
    expect(writtenLabelMap(found.drops)).toBe("y=drop");
  });

  it("is open until the map names every such type, by its own name too", () => {
    const target = renamed(corpus, { x: "x", y: "z" });
    expect(mismatchOf(corpus, target, "y=y")!.isOpen).toBe(true);
    expect(mismatchOf(corpus, target, "y=y,z=z")!.isOpen).toBe(false);
  });

  it("refuses sides that share no type, and says what to map", () => {
    expect(() => mismatchOf(corpus, renamed(corpus, { x: "X", y: "w" }))).toThrowError(/in common.*X=x.*w=\.\.\./);
  });
});

describe("typesNotComparable()", () => {
  it("advises a map that keeps the one in use, after which the sides are comparable", () => {
    const target = renamed(corpus, { x: "x", y: "z" });
    const map = parseLabelMap("a=x");
    const { because, comparable, call } = typesNotComparable(
      mismatchOf(corpus, target)!,
      new Map([
        ["z", undefined],
        ["y", undefined],
      ]),
      map,
    );
    expect([call, comparable]).toEqual(["unknown", false]);
    expect(because).toContain('--map "a=x,z=drop,y=drop"');
    expect(mismatchOf(renamed(corpus, { x: "x" }), renamed(target, { x: "x" }))).toBeUndefined();
  });
});

describe("mapFromPairs()", () => {
  const sides = {
    shared: ["person", "place"],
    onlySource: ["scientist", "award"],
    onlyTarget: ["politician", "party"],
  };
  const pairs = (truth: string, found: string | undefined, n: number) =>
    Array.from({ length: n }, () => ({ truth, found }));
  const written = (...found: readonly ReturnType<typeof pairs>[]): string =>
    writtenLabelMap(mapFromPairs(sides, found.flat()));

  it("drops what corresponds to nothing, or to too few entities to say", () => {
    expect(written()).toBe("politician=drop,party=drop,scientist=drop,award=drop");
    expect(written(pairs("politician", "person", 4))).toContain("politician=drop");
    expect(written(pairs("politician", "person", 5), pairs("politician", "place", 5))).toContain("politician=drop");
  });

  it("takes the shared type that most entities with the same words have", () => {
    const found = written(
      pairs("politician", "person", 6),
      pairs("person", "scientist", 7),
      pairs("party", "place", 1),
    );
    expect(found).toBe("politician=person,party=drop,scientist=person,award=drop");
  });

  it("drops a type that is mostly missed, whatever the few of it are found as", () => {
    const found = written(pairs("party", "place", 9), pairs("party", undefined, 40), pairs("place", "award", 9));
    expect(found).toBe("politician=drop,party=drop,scientist=drop,award=place");
    expect(written(pairs("place", "award", 9), pairs("place", "place", 90))).toContain("award=drop");
  });

  it("gives two that correspond to each other the target's name, once", () => {
    const found = written(pairs("politician", "scientist", 9), pairs("party", "scientist", 6));
    expect(found).toBe("scientist=politician,party=drop,award=drop");
  });

  it("follows a type of the target that is itself renamed", () => {
    const found = written(pairs("politician", "person", 20), pairs("politician", "scientist", 8));
    expect(found).toBe("politician=person,party=drop,scientist=person,award=drop");
  });

  it("takes a name that differs in case alone without any entity", () => {
    const named = { shared: ["x"], onlySource: ["Y"], onlyTarget: ["y", "X"] };
    expect(writtenLabelMap(mapFromPairs(named, []))).toBe("Y=y,X=x");
  });

  it("leaves both sides with the same types", () => {
    for (const found of [[], pairs("politician", "scientist", 9), pairs("party", "person", 9)]) {
      const map = mapFromPairs(sides, found);
      const after = (types: readonly string[]) =>
        new Set([...sides.shared, ...types].flatMap((type) => (map.has(type) ? (map.get(type) ?? []) : type)));
      expect(after(sides.onlySource)).toEqual(after(sides.onlyTarget));
    }
  });
});
