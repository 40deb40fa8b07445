import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { poolBatch } from "../../../../src/math/pooling.js";
import { openSessionPool } from "../../../../src/onnx/runtime/sessionPool.js";
import { openSession, type RunInputs } from "../../../../src/onnx/runtime/session.js";
import { fixture, modelBytes } from "../../encoder/tinyBert.js";

const FILE = `${fixture("tiny-bert")}/onnx/model.onnx`;

function inputs(rows: number, tokens: number): RunInputs {
  const size = rows * tokens;
  const dims = [rows, tokens];
  return new Map([
    ["input_ids", { data: BigInt64Array.from({ length: size }, (_, i) => BigInt(5 + (i % 40))), dims }],
    ["attention_mask", { data: new BigInt64Array(size).fill(1n), dims }],
    ["token_type_ids", { data: new BigInt64Array(size), dims }],
  ]);
}

describe("openSessionPool", () => {
  it.each([
    ["a path", FILE],
    ["bytes", modelBytes("tiny-bert")],
  ])("gives what a session on this thread gives, for %s and many runs at once [E02, R11, R13]", async (_, model) => {
    const alone = await openSession(model);
    const poolWorkers = await openSessionPool(model, { threads: 2 });
    const shapes = Array.from({ length: 24 }, (_, i) => inputs(1 + (i % 3), 4 + i));
    const together = await Promise.all(shapes.map((shape) => poolWorkers.run(shape, ["last_hidden_state"])));
    for (const [i, shape] of shapes.entries()) {
      const wanted = (await alone.run(shape, ["last_hidden_state"])).get("last_hidden_state")!;
      expect(together[i].get("last_hidden_state")).toEqual({ data: wanted.data, dims: wanted.dims });
    }
    await poolWorkers.close();
    await alone.close();
  });

  it("pools outputs of the requested shape, and leaves others as they are", async () => {
    const [alone, poolWorkers] = [await openSession(FILE), await openSessionPool(FILE, { threads: 1 })];
    const [shape, lengths] = [[3, 6, 32] as const, Int32Array.of(6, 1, 4)];
    const wanted = (await alone.run(inputs(3, 6), ["last_hidden_state"])).get("last_hidden_state")!;
    for (const pooling of ["mean", "cls", "max"] as const) {
      const pool = { pooling, shape, lengths };
      const found = (await poolWorkers.run(inputs(3, 6), ["last_hidden_state"], pool)).get("last_hidden_state");
      expect(found).toEqual({ data: poolBatch(wanted.data as Float32Array, pool), dims: [3, 32] });
      const other = { ...pool, shape: [3, 6, 16] as const };
      const whole = (await poolWorkers.run(inputs(3, 6), ["last_hidden_state"], other)).get("last_hidden_state");
      expect(whole).toEqual({ data: wanted.data, dims: wanted.dims });
    }
    await poolWorkers.close();
    await alone.close();
  });

  it("fails with an error once it is closed", async () => {
    const poolWorkers = await openSessionPool(FILE, { threads: 2 });
    await poolWorkers.close();
    await expect(poolWorkers.run(inputs(1, 4), ["last_hidden_state"])).rejects.toThrow("it was closed");
  });

  it("shares its threads among at most four workers", async () => {
    for (const [threads, poolWorkers, each] of [
      [1, 1, 1],
      [2, 2, 1],
      [4, 4, 1],
      [9, 4, 2],
    ]) {
      const session = await openSessionPool(FILE, { threads });
      expect([session.poolWorkers, session.threads]).toEqual([poolWorkers, each]);
      await session.close();
    }
  });

  it("refuses a model that is none, with code and file as on this thread", async () => {
    const garbage = new TextEncoder().encode("no model");
    await expect(openSessionPool(garbage, { file: "garbage.onnx" })).rejects.toMatchObject({
      name: "HeadstartError",
      code: "E_ENCODER_INVALID",
      place: { file: "garbage.onnx" },
    });
  });

  it("refuses inputs that the model cannot take, and goes on", async () => {
    const session = await openSessionPool(FILE, { threads: 1 });
    const bad = new Map([...inputs(1, 4)].filter(([name]) => name !== "attention_mask"));
    await expect(session.run(bad, ["last_hidden_state"])).rejects.toMatchObject({ code: "E_ENCODER_INVALID" });
    expect((await session.run(inputs(1, 4), ["last_hidden_state"])).size).toBe(1);
    await session.close();
  });

  it("lets the process end in the middle of a run, and keep its exit code [H05, R14]", () => {
    const dist = new URL("../../../../dist/onnx/runtime/sessionPool.js", import.meta.url).href;
    const mini = fileURLToPath(new URL("../../../../data/encoders/headstart-mini/onnx/model.onnx", import.meta.url));
    const script = `
      const { openSessionPool } = await import(${JSON.stringify(dist)});
      const pool = await openSessionPool(${JSON.stringify(mini)}, { threads: 2 });
      const dims = [64, 128];
      const of = (value) => ({ data: new BigInt64Array(64 * 128).fill(value), dims });
      const inputs = new Map([["input_ids", of(2000n)], ["attention_mask", of(1n)], ["token_type_ids", of(0n)]]);
      for (let i = 0; i < 8; i++) pool.run(inputs, ["last_hidden_state"]).catch(() => {});
      setTimeout(() => process.exit(3), 300);`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(3);
  });

  it("keeps no process alive that has nothing left to do", () => {
    const dist = new URL("../../../../dist/onnx/runtime/sessionPool.js", import.meta.url).href;
    const script = `
      const { openSessionPool } = await import(${JSON.stringify(dist)});
      await openSessionPool(${JSON.stringify(FILE)}, { threads: 2 });
      console.log("open");`;
    const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect([status, stdout]).toEqual([0, "open\n"]);
  });
});
