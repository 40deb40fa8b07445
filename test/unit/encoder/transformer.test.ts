import { execFileSync } from "node:child_process";
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../../src/errors.js";
import { loadEncoder } from "../../../src/encoder/load.js";
import { changed, node, tensor, valueInfo, writeModel, type OnnxModel } from "../../../src/onnx/model/model.js";
import { fixture, fixtureModel, folderFrom } from "./tinyBert.js";

const MODEL = "onnx/model.onnx";

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("loadTransformer()", () => {
  it("gives any failure that it did not foresee as E_ENCODER_INVALID with its cause", async () => {
    const cause = new RangeError("Invalid typed array length");
    const get = (): Promise<never> => Promise.reject(cause);
    const error = await failureOf(loadEncoder(fixture("tiny-bert"), { precision: "int8", models: { get, put: get } }));
    expect(error).toBeInstanceOf(HeadstartError);
    expect(error).toMatchObject({ code: "E_ENCODER_INVALID", cause });
    expect((error as Error).message).toContain("tiny-bert");
  });

  const widthOf = (width: number | bigint): OnnxModel => {
    const model = fixtureModel("tiny-bert");
    const output = valueInfo("last_hidden_state", "float32", ["batch", "tokens", Number(width)]);
    return changed(model, { graph: changed(model.graph, { output: [output] }) });
  };

  it.each([2 ** 21, 2 ** 40, 2 ** 62])(
    "refuses vectors of %d numbers before there is memory for one",
    async (width) => {
      const folder = await folderFrom("tiny-bert", { [MODEL]: writeModel(widthOf(width)) });
      await expect(loadEncoder(folder)).rejects.toMatchObject({ code: "E_ENCODER_INVALID" });
    },
  );

  it.each([-1, 0])("takes a width of %d for one that is not said", async (width) => {
    const folder = await folderFrom("tiny-bert", { [MODEL]: writeModel(widthOf(width)) });
    const encoder = await loadEncoder(folder);
    expect(encoder.width).toBe(32);
    await encoder.close();
  });

  it("refuses a model that makes huge tensors before the runtime sees it, in fp32 and int8", async () => {
    const model = fixtureModel("tiny-bert");
    model.graph.initializer.push(tensor("huge", "int64", [1], BigInt64Array.of(10n ** 12n)));
    model.graph.node.push(node("ConstantOfShape", { inputs: ["huge"], outputs: ["filled"] }));
    const folder = await folderFrom("tiny-bert", { [MODEL]: writeModel(model) });
    for (const precision of ["fp32", "int8"] as const)
      await expect(loadEncoder(folder, { precision })).rejects.toMatchObject({ code: "E_ENCODER_UNSUPPORTED" });
  });

  it.skipIf(process.platform === "win32")("reads no pipe and no device", async () => {
    for (const file of ["tokenizer.json", MODEL]) {
      const folder = await folderFrom("tiny-bert", { [file]: undefined });
      execFileSync("mkfifo", [join(folder, file)]);
      const piped = await failureOf(loadEncoder(folder));
      expect(piped).toBeInstanceOf(HeadstartError);
      await rm(join(folder, file));
      await symlink("/dev/zero", join(folder, file));
      expect(await failureOf(loadEncoder(folder))).toBeInstanceOf(HeadstartError);
    }
  });
});
