import { Dictionary, Int32, Int64, Table, Utf8, tableFromIPC, tableToIPC, vectorFromArray } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { embedAll } from "../../src/encoder/embed.js";
import { loadEncoder } from "../../src/encoder/load.js";
import { expectFailure, sandbox, TINY, type Finished } from "./runCli.js";

const TEXTS = ["sun", null, "the rain", "", "sun"];
const sample = new Table({
  id: vectorFromArray([1n, 2n, 2n ** 60n, null, 5n], new Int64()),
  kind: vectorFromArray(["a", "b", "a", null, "b"], new Dictionary(new Utf8(), new Int32())),
  message: vectorFromArray(TEXTS, new Utf8()),
});
const ARGS = ["embed", "-", "--from", "arrow", "--text-column", "message", "--encoder", TINY];

async function filtered(flags: readonly string[], input = tableToIPC(sample, "stream")): Promise<Finished> {
  const box = await sandbox();
  return box.run([...ARGS, "-o", "-", "--to", "arrow", ...flags], { input });
}

describe("headstart embed - --from arrow --to arrow -o -", () => {
  it("adds the library's vectors and keeps all columns with their types; rows without a text go", async () => {
    const { code, bytes, stderr } = await filtered(["--drop-missing"]);
    expect([code, stderr.includes("5 rows in = 4 out + 1 rejected")]).toEqual([0, true]);
    const table = tableFromIPC(bytes);
    const kept = TEXTS.flatMap((text, i) => (text === null ? [] : [i]));
    expect(table.schema.fields.slice(0, 3).map(({ type }) => String(type))).toEqual(
      sample.schema.fields.map(({ type }) => String(type)),
    );
    for (const name of ["id", "kind", "message"]) {
      const given = [...sample.getChild(name)!] as unknown[];
      expect([...table.getChild(name)!]).toEqual(kept.map((i) => given[i]));
    }
    const encoder = await loadEncoder(TINY);
    const { vectors } = await embedAll(
      encoder,
      kept.map((i) => TEXTS[i]!),
    );
    await encoder.close();
    const found = [...table.getChild("vector")!].flatMap((vector) => [...(vector as Iterable<number>)]);
    expect(found).toEqual([...vectors.data]);
  });

  it("fails at a text that is null, and says which row and what to do", async () => {
    const { code, stderr } = await filtered([]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/error\[E_ARROW\] .*row at -:2: its text in column "message" is null.*--drop-missing/);
  });

  it("tells a stream that was cut off, whatever has gone out already", async () => {
    const whole = tableToIPC(sample.slice(2), "stream");
    const { code, stderr } = await filtered([], whole.subarray(0, whole.length - 8));
    expect([code, /error\[E_ARROW\] Cannot read Arrow from -: it is cut off.*closed at its end/.test(stderr)]).toEqual([
      3,
      true,
    ]);
    expectFailure(await filtered([], Buffer.from("text\nsun\n")), {
      exit: 3,
      code: "E_ARROW",
      says: [/does not start/],
    });
  });
});
