import { describe, expect, it } from "vitest";
import { tagForm } from "../../../../src/tagging/corpus/tagForm.js";

const read = (tags: string, names?: readonly string[]): string => {
  const all = tags.split(" ");
  return all.map(tagForm(all, names).read).join(" ");
};

describe("tagForm()", () => {
  it.each([
    ["B-x I-x O", "B-x I-x O"],
    ["B_x I_x O", "B-x I-x O"],
    ["x-B x-I O a-b-S", "B-x I-x O S-a-b"],
    ["x x O y", "I-x I-x O I-y"],
    ["B-x,B-y I-x O", "B-x I-x O"],
    ["B I O", "B-entity I-entity O"],
  ])("reads %s as %s", (tags, forms) => {
    expect(read(tags)).toBe(forms);
  });

  it("says so where labels stand alone", () => {
    expect(tagForm(["x", "O"], undefined).notices.join()).toContain("labels alone");
    expect(tagForm(["B-x", "O"], undefined).notices).toEqual([]);
  });

  it.each(["B-x y O", "NN VB", "x-B y O B-z", "1 0", "x 3 O", "B- O", "B x O -"])(
    "leaves %s, which is no form of tags",
    (tags) => {
      expect(read(tags)).toBe(tags);
    },
  );

  it("names numbers", () => {
    expect(read("1 2 0", ["O", "B-x", "I-x"])).toBe("B-x I-x O");
    expect(read("1 1 0", ["O", "x"])).toBe("I-x I-x O");
    expect(read("1 3 0", ["O", "B-x"])).toBe("B-x 3 O");
  });
});
