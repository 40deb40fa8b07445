import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mapWeights, type MappedModel } from "../../../../src/onnx/runtime/mappedModel.js";
import { copyModel, floats, node, readModel, valueInfo, type OnnxModel } from "../../../../src/onnx/model/model.js";
import { openSession, type RunInputs } from "../../../../src/onnx/runtime/session.js";
import { openEncoderSessions, splitLookup } from "../../../../src/onnx/runtime/embeddingLookup.js";
import { fixture } from "../../encoder/tinyBert.js";

const FILE = join(fixture("tiny-bert"), "onnx/model.onnx");
const ids = "input_ids";
const bytes = new Uint8Array(await readFile(FILE));
const mapped = (model: OnnxModel = readModel(bytes, FILE)): Promise<MappedModel> =>
  mapWeights(model, { bytes, file: FILE });

function inputs(rows: number, tokens: number, first = 5): RunInputs {
  const size = rows * tokens;
  const dims = [rows, tokens];
  return new Map([
    [ids, { data: BigInt64Array.from({ length: size }, (_, i) => BigInt(first + (i % 40))), dims }],
    ["attention_mask", { data: new BigInt64Array(size).fill(1n), dims }],
    ["token_type_ids", { data: new BigInt64Array(size), dims }],
  ]);
}

describe("openEncoderSessions", () => {
  it.each([1, 2])(
    "gives what the whole model gives, bit for bit, and leaves the caller its inputs: %i",
    async (threads) => {
      const whole = await openSession(FILE);
      const poolWorkers = await openEncoderSessions(await mapped(), { ids, least: 1, threads });
      const shapes = Array.from({ length: 12 }, (_, i) => inputs(1 + (i % 3), 4 + i));
      const found = await Promise.all(shapes.map((shape) => poolWorkers.run(shape, ["last_hidden_state"])));
      for (const [i, shape] of shapes.entries()) {
        const wanted = (await whole.run(shape, ["last_hidden_state"])).get("last_hidden_state")!;
        expect(found[i].get("last_hidden_state")).toEqual({ data: wanted.data, dims: wanted.dims });
      }
      await Promise.all([poolWorkers.close(), whole.close()]);
      await poolWorkers.close();
    },
  );

  it("refuses ids that the table does not have, and goes on", async () => {
    const poolWorkers = await openEncoderSessions(await mapped(), { ids, least: 1, threads: 2 });
    const wrong = poolWorkers.run(inputs(1, 4, 100_000), ["last_hidden_state"]);
    await expect(wrong).rejects.toMatchObject({
      code: "E_ENCODER_INVALID",
      message: expect.stringContaining("none of the token 100000"),
    });
    const found = await poolWorkers.run(inputs(1, 4), ["last_hidden_state"]);
    expect(found.get("last_hidden_state")?.dims).toEqual([1, 4, 32]);
    await poolWorkers.close();
  });
});

describe("splitLookup", () => {
  it("leaves the table out of the model and says where it lies", async () => {
    const whole = readModel(bytes, FILE);
    const [name] = whole.graph.node.find((n) => n.opType === "Gather" && n.input[1] === ids)!.input;
    const wanted = floats(whole.graph.initializer.find((t) => t.name === name)!)!;
    const { table, rest, words } = splitLookup(await mapped(), ids, 1)!;
    const { file, offset, rows, width } = table;
    expect(rows * width).toBe(wanted.length);
    const there = (await readFile(file)).subarray(offset, offset + 4 * rows * width);
    expect(new Float32Array(new Uint8Array(there).buffer)).toEqual(wanted);
    const { graph } = readModel(rest.bytes, "rest");
    expect(graph.initializer.map((t) => t.name)).not.toContain(name);
    expect(graph.input.map((i) => i.name)).toContain(words);
  });

  it("leaves whole a model whose table is small, read elsewhere too, or looked up by something else", async () => {
    expect(splitLookup(await mapped(), ids)).toBeUndefined();
    expect(splitLookup(await mapped(), "attention_mask", 1)).toBeUndefined();
    const tied = copyModel(readModel(bytes, FILE));
    const [table] = tied.graph.node.find((n) => n.opType === "Gather" && n.input[1] === ids)!.input;
    tied.graph.node = [...tied.graph.node, node("Identity", { inputs: [table], outputs: ["again"] })];
    tied.graph.output = [...tied.graph.output, valueInfo("again", "float32", ["rows", 32])];
    expect(splitLookup(await mapped(tied), ids, 1)).toBeUndefined();
  });
});
