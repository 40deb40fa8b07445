import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linesOf } from "../../../../src/corpus/decode/streamLines.js";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesIn(bytes: Uint8Array, size: number, most = 4096): Promise<string[][]> {
  const found: string[][] = [];
  for await (const lines of linesOf(pieces(bytes, size), { most })) found.push(lines);
  return found;
}

describe("linesOf()", () => {
  it("gives the lines, however the bytes were cut", async () => {
    const line = fc.string({ unit: fc.constantFrom("a", "é", "😀", " ", "\t", "\u2028", '"') });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.boolean(), fc.integer({ min: 1, max: 9 }), async (lines, crlf, size) => {
        const text = lines.map((one) => one + (crlf ? "\r\n" : "\n")).join("");
        expect((await linesIn(Buffer.from(text), size)).flat()).toEqual(lines);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("gives a last line without an end, and none after an end", async () => {
    expect(await linesIn(Buffer.from("a\n\nb"), 100)).toEqual([["a", ""], ["b"]]);
    expect(await linesIn(Buffer.from("a\n"), 100)).toEqual([["a"]]);
    expect(await linesIn(Buffer.from(""), 100)).toEqual([]);
  });

  it("gives at most the requested number of lines together", async () => {
    expect(await linesIn(Buffer.from("a\nb\nc\nd\ne\n"), 100, 2)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  it("gives a line before it asks for more, even a short first one", async () => {
    let asked = 0;
    const source = (async function* () {
      for (const piece of ["hi\n", "you\n"]) {
        asked++;
        yield Buffer.from(piece);
      }
    })();
    const lines = linesOf(source, { most: 10 });
    expect((await lines.next()).value).toEqual(["hi"]);
    expect(asked).toBe(1);
    await lines.return(undefined);
  });

  it("refuses bytes that are no text, after the lines before them", async () => {
    const lines = linesOf(pieces(Buffer.from("ok\nb\xffd\n", "latin1"), 100), { most: 10 });
    expect((await lines.next()).value).toEqual(["ok"]);
    await expect(lines.next()).rejects.toMatchObject({
      code: "E_ENCODING",
      place: { file: "-", line: 2, byte: 4 },
    });
  });

  it("refuses a line without end", async () => {
    const endless = (async function* () {
      for (;;) yield Buffer.alloc(1 << 22, "a");
    })();
    await expect(linesOf(endless, { most: 10 }).next()).rejects.toMatchObject({ code: "E_FIELD_TOO_LARGE" });
  });
});
