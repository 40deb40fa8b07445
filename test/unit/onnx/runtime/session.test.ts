import { describe, expect, it } from "vitest";
import { openSession } from "../../../../src/onnx/runtime/session.js";
import { encoderPorts } from "../../../../src/onnx/model/encoderGraph.js";
import { fixtureModel, modelBytes } from "../../encoder/tinyBert.js";
import { hiddenOf } from "../tokenRuns.js";

describe("openSession", () => {
  it.each([
    ["bytes that are no model", Buffer.from("not a model at all")],
    ["a model cut in half", modelBytes("tiny-bert").subarray(0, 60_000)],
    ["a path that leads nowhere", "/nowhere/model.onnx"],
  ])("fails with E_ENCODER_INVALID on %s", async (_, model) => {
    await expect(openSession(model, { file: "garbage.onnx" })).rejects.toMatchObject({
      code: "E_ENCODER_INVALID",
      message: expect.stringContaining("garbage.onnx"),
    });
  });

  it("fails with E_ENCODER_INVALID when a run fails, here for a token that the model has no row for", async () => {
    const session = await openSession(modelBytes("tiny-bert"), { file: "tiny.onnx" });
    const ports = encoderPorts(fixtureModel("tiny-bert"), "tiny.onnx");
    await expect(hiddenOf(session, ports, [[2, 5000, 3]])).rejects.toMatchObject({
      code: "E_ENCODER_INVALID",
      message: expect.stringContaining("tiny.onnx"),
    });
    await session.close();
  });

  it("turns telemetry off before the runtime loads", async () => {
    delete process.env["ORT_DISABLE_TELEMETRY"];
    await (await openSession(modelBytes("tiny-bert"))).close();
    expect(process.env["ORT_DISABLE_TELEMETRY"]).toBe("1");
  });
});
