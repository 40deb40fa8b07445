import { describe, expect, it } from "vitest";
import { unpackLz4Block, unpackLz4Frame } from "../../../src/formats/lz4.js";
import { unpackZstd } from "../../../src/formats/zstd/unpack.js";
import { seeded } from "../../../src/math/random.js";

const WORDS = ["sun", "rain", "the", "of", "höhe", "東京", "x"];
/** What the packages zstandard and lz4 of Python packed. */
const TEXT = Array.from({ length: 400 }, (_, i) => `${WORDS[(i * i * 7 + i * 3) % 7]}${i % 13}`).join(" ");
const ZSTD = {
  "level 1":
    "KLUv/WTUB30IAFLPKSCgJc0Bq0KJj7ETfAAcDoh0B4TJcf6/gCYiIkRy47+qAf+QFDNaH1SbbMuFjLVA9f3iA0qK+awNqku2ZTJufUf1P6CTFLNZF1STbMvjLr7+gI5JirmsCapHtuW7uH8tjuoh2zI6piTFTNYD1Zdt+eIuvh5QjbItH1NIUsxjfah+tmVx/8WTYh7WCNUn27JJquBAuSRAIcBkwACBQCDBIynmWx/VItsKMCDgYlT0xhrIB/kFMnQPozku5EsOjOQePCjEcYxBYwo2m5C6AIV2jC7Ij/nCYI10ryQHI9wjWYZbXlTi+L3DvEKawyPsvZfsZKtRUu1SuMCi0A48dlJoYk59mTVb5rTVbacytgfNVLu6",
  "level 19":
    "KLUv/WTUB7UGANIJHBuwqQMtaWEHVxoWuZEIh4E6TEH23nvvJHVGJwK9Dbysa2ypO4u3geeyjS11Y/Y28FzLsqVuvLM28Fxj2aVuvO0sGniusZVVN942Ogs819hS2RtvGw1kn2sTiCciyowiQLoaSHKYqUoglD7r4SgaSxJJqBEAW9jZvwMQKVzFBkJJXdRe////M84aSE2EF7inFAUWjpNZw0TABd4wdUXLHp0MOZEu+GdM/eIpiDDsC/PuFFFSwAKGzSZnyfgPFfkZY130benzABaEGYOFoIDpCScAqgLNVLu6",
};
const LZ4_FRAME =
  "BCJNGHhA1AgAAAAAAADofwEAAPAic3VuMCBvZjEgeDIgdGhlMyDmnbHkuqw0IHJhaW41IGjDtmhlNiBzdW43IG9mOCB4OSYAIzEwJwAhMTEoACIxMikAEDApAIAxIG9mMiB4MykAEzQoABE1JwASNiYAEDcmAJA4IG9mOSB4MTAnACMxMSgAITEyKQASMCkAEDEpAIAyIG9mMyB4NCgAEzUnABE2JgASNyYAEDgmABA5xABQMCB4MTEoACMxMikAETApABIxKQAQMikAgDMgb2Y0IHg1JwATNiYAETcmABI4JgAQOSYAETEUAUExIHgxFgEF7wABKQAD7QAQMykAgDQgb2Y1IHg2TwATN08AETgmABI5TwASMRQBABUBQjEyIHjvAAMpAALtABIzKQAQNE8AgDUgb2Y2IHg3TwATOCYAETlPABQxFAEBFQEQMRYBAO8AACkABO0AETMpABI0TwAQNU8AgDYgb2Y3IHg4JgATOU8AEzEUAQMVARExFgEB7wAPAwL///////+3UCBzdW45Hzi7PAAAAAA=";
const LZ4_BLOCK =
  "8yhzdW4wIG9mMSB4MiB0aGUzIOadseS6rDQgcmFpbjUgaMO2aGU2IHN1bjcgb2Y4IHg5IHRoZTEwJwAhMTEoACIxMikA8wMwIHN1bjEgb2YyIHgzIHRoZTQoABE1JwASNiYA4Tcgc3VuOCBvZjkgeDEwUAATMSgAITEyKQASMCkA8wMxIHN1bjIgb2YzIHg0IHRoZTUnABE2JgASNyYA8QA4IHN1bjkgb2YxMCB4MTFQABMyKQARMCkAEjEpAPMDMiBzdW4zIG9mNCB4NSB0aGU2JgARNyYAEjgmABE5xAABFAFBMSB4MRYBBe8AASkAA+0A8wMzIHN1bjQgb2Y1IHg2IHRoZTdPABE4JgASOU8AEjEUAYIxIG9mMTIgeO8AAykAAu0AEjMpAPMDNCBzdW41IG9mNiB4NyB0aGU4JgAROU8AIjEwJwARMRUBgTEyIG9mMCB47gAE7QARMykAEjQoAPMDNSBzdW42IG9mNyB4OCB0aGU5TwATMRQBAxUBETEWAQHvAA8DAv///////7dQIHN1bjk=";

const bytesOf = (base64: string): Buffer => Buffer.from(base64, "base64");
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** Unpacks data with a few bits changed: it gives bytes or says that they are damaged. */
function damaged(good: Buffer, unpack: (data: Uint8Array) => Uint8Array): number {
  const random = seeded(3);
  let refused = 0;
  for (let i = 0; i < 2000; i++) {
    const bad = Buffer.from(i % 4 === 0 ? good.subarray(0, Math.floor(random() * good.length)) : good);
    if (bad.length > 0) bad[Math.floor(random() * bad.length)] ^= 1 << Math.floor(random() * 8);
    try {
      unpack(bad);
    } catch (error) {
      if (!/its (zstd|LZ4) data (is damaged|needs a dictionary)/.test(String(error))) throw error;
      refused++;
    }
  }
  return refused;
}

describe("unpackZstd()", () => {
  it.each(Object.entries(ZSTD))("gives what was packed, at %s", (_, packed) => {
    expect(textOf(unpackZstd(bytesOf(packed)))).toBe(TEXT);
    expect(textOf(unpackZstd(bytesOf(packed), Buffer.byteLength(TEXT)))).toBe(TEXT);
  });

  it("unpacks runs, several frames, and frames that are to be passed over", () => {
    const run = bytesOf("KLUv/WCIEk0AABBhYQEAg9MDLA==");
    const skipped = Buffer.from([0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    expect(textOf(unpackZstd(run))).toBe("a".repeat(5000));
    expect(textOf(unpackZstd(Buffer.concat([run, skipped, run])))).toBe("a".repeat(10_000));
    expect(unpackZstd(Buffer.alloc(0))).toHaveLength(0);
  });

  it("refuses more than it is to hold, and data that is damaged or cut off", () => {
    const packed = bytesOf(ZSTD["level 19"]);
    expect(() => unpackZstd(packed, 100)).toThrow("damaged");
    expect(damaged(packed, unpackZstd)).toBeGreaterThan(500);
    expect(damaged(bytesOf(ZSTD["level 1"]), unpackZstd)).toBeGreaterThan(500);
  });
});

describe("unpackLz4Frame(), unpackLz4Block()", () => {
  it("give what was packed", () => {
    expect(textOf(unpackLz4Frame(bytesOf(LZ4_FRAME)))).toBe(TEXT);
    expect(textOf(unpackLz4Block(bytesOf(LZ4_BLOCK), Buffer.byteLength(TEXT)))).toBe(TEXT);
  });

  it("refuse another size, and data that is damaged or cut off", () => {
    expect(() => unpackLz4Block(bytesOf(LZ4_BLOCK), 10)).toThrow("damaged");
    expect(() => unpackLz4Block(bytesOf(LZ4_BLOCK), 10_000)).toThrow("damaged");
    expect(damaged(bytesOf(LZ4_FRAME), unpackLz4Frame)).toBeGreaterThan(500);
  });
});
