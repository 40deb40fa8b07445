import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contentHash, hasContent, sha256, sha256Bytes, startSha256 } from "../../../src/files/contentHash.js";
import { tempFolder } from "./tempFolder.js";

// Of FIPS 180-2, appendix B, and of `git hash-object`.
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const ABC_IN_GIT = "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f";

describe("sha256()", () => {
  it("is the published value, however the content is parted", () => {
    expect([sha256("abc"), sha256("a", "", Buffer.from("bc")), startSha256().update("abc").digest("hex")]).toEqual([
      ABC,
      ABC,
      ABC,
    ]);
    expect(sha256Bytes("a", "bc").toString("hex")).toBe(ABC);
  });
});

describe("contentHash()", () => {
  it("is that of the content, or of git's object with it", async () => {
    const path = join(await tempFolder(), "file");
    await writeFile(path, "abc");
    expect([await contentHash(path, "sha256"), await contentHash(path, "git")]).toEqual([ABC, ABC_IN_GIT]);
    expect(await hasContent(path, { hash: ABC_IN_GIT, bytes: 3 })).toBe(true);
    expect([await hasContent(path, { hash: ABC, bytes: 4 }), await hasContent(`${path}x`, { hash: ABC })]).toEqual([
      false,
      false,
    ]);
  });
});
