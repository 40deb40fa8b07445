import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { Dictionary, Int32, Int64, Table, Utf8, tableFromIPC, tableToIPC, vectorFromArray } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { run } from "../../src/cli/program.js";
import { embedTexts } from "../../src/encoder/embed/embed.js";
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
    for (const name of ["id", "kind", "message"] as const) {
      const given = [...sample.getChild(name)!] as unknown[];
      expect([...table.getChild(name)!]).toEqual(kept.map((i) => given[i]));
    }
    const encoder = await loadEncoder(TINY);
    const { vectors } = await embedTexts(
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

const BATCHES = 200;
const batch = new Table({ message: vectorFromArray(["sun", "the rain"], new Utf8()) });
/** A schema, then equal batches of two rows, then the end mark; each as the bytes of one message. */
const [SCHEMA, BATCH, END] = (() => {
  const [none, one, two] = [0, 1, 2].map((n) =>
    tableToIPC(new Table(batch.schema, Array(n).fill(batch.batches[0])), "stream"),
  );
  const end = 8;
  const length = two.length - one.length;
  return [
    one.subarray(0, one.length - length - end),
    one.subarray(one.length - length - end, -end),
    none.subarray(-end),
  ];
})();

describe("headstart embed - --from arrow --to arrow -o -, between two programs", () => {
  it("holds no more than four batches, whatever their number: who takes slowly slows who gives [H02]", async () => {
    let [given, taken, most] = [0, 0, 0];
    const stdin = Readable.from(
      (function* () {
        yield SCHEMA;
        while (given < BATCHES) {
          most = Math.max(most, ++given - taken);
          yield BATCH;
        }
        yield END;
      })(),
      { highWaterMark: 1 },
    );
    const written: Uint8Array[] = [];
    const slow = new Writable({
      async write(chunk: Uint8Array, _encoding, done) {
        written.push(chunk);
        for (let turn = 0; turn < 20; turn++) await setImmediate();
        taken++;
        done();
      },
    });
    const status = await run([...ARGS, "-o", "-", "--to", "arrow", "--quiet"], {
      stdin: stdin as unknown as NodeJS.ReadStream,
      stdout: slow as unknown as NodeJS.WriteStream,
      stderr: process.stderr,
      env: {},
      signal: new AbortController().signal,
      clock: () => performance.now(),
      now: () => "2026-01-01T00:00:00Z",
    });
    expect([status, given]).toEqual([0, BATCHES]);
    expect(tableFromIPC(Buffer.concat(written)).numRows).toBe(2 * BATCHES);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("ends with 0, quietly, when its reader closes the pipe early", async () => {
    const box = await sandbox();
    const { process: child, finished } = box.start([...ARGS, "-o", "-", "--to", "arrow", "--quiet"]);
    child.stdin.on("error", () => {}); // of the pipe that nobody reads any more
    child.stdin.write(SCHEMA);
    const feed = setInterval(() => child.stdin.write(BATCH), 1);
    await once(child.stdout, "data");
    child.stdout.destroy();
    const { code, stderr } = await finished;
    clearInterval(feed);
    expect([code, stderr]).toEqual([0, ""]);
  });
});
