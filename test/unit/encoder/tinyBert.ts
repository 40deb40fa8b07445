/** Small encoders of random weights (see scripts/golden/README.md), and folders made from them. */

import { readFileSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { Encoder, EncoderOptions } from "../../../src/encoder/encoder.js";
import { loadEncoder } from "../../../src/encoder/load.js";
import { changed, node, readModel, valueInfo, type OnnxModel } from "../../../src/onnx/model/model.js";
import { tempFolder } from "../files/tempFolder.js";

export type Fixture =
  "tiny-bert" | "tiny-bert-cls" | "tiny-bert-output-names" | "odd-inputs" | "rank2-output" | "dynamic-int8";

const MODEL_AT: Partial<Record<Fixture, string>> = { "tiny-bert-output-names": "model.onnx" };

export const fixture = (name: Fixture): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

export const modelBytes = (name: Fixture): Uint8Array =>
  readFileSync(join(fixture(name), MODEL_AT[name] ?? "onnx/model.onnx"));

export const fixtureModel = (name: Fixture): OnnxModel => readModel(modelBytes(name), name);

export interface GoldenText {
  readonly text: string;
  readonly ids: readonly number[];
  readonly truncated: boolean;
  readonly vector: readonly number[];
}

/** What PyTorch makes of some texts with an encoder. */
export interface Golden<T extends GoldenText> {
  readonly maxTokens: number;
  readonly texts: readonly T[];
}

export interface PooledText extends GoldenText {
  readonly cls: readonly number[];
  readonly max: readonly number[];
  /** Of the embeddings and of each layer, not normalized. */
  readonly layerMeans: readonly (readonly number[])[];
}

export interface PromptedText extends GoldenText {
  readonly prompt: "query" | "doc";
}

export const golden = <T extends GoldenText>(name: Fixture): Golden<T> =>
  JSON.parse(readFileSync(new URL(`../../golden/${name}.json`, import.meta.url), "utf8")) as Golden<T>;

const opened: Encoder[] = [];

afterAll(async () => {
  for (const encoder of opened.splice(0)) await encoder.close();
});

/** An encoder that is closed after the file's last test. */
export async function openEncoder(path: string, options: EncoderOptions = {}): Promise<Encoder> {
  const encoder = await loadEncoder(path, options);
  opened.push(encoder);
  return encoder;
}

/** A copy of a fixture in a fresh folder, with these files replaced, added, or (undefined) removed. */
export async function folderFrom(
  name: Fixture,
  changes: Readonly<Record<string, Uint8Array | string | undefined>>,
): Promise<string> {
  const folder = await tempFolder();
  await cp(fixture(name), folder, { recursive: true });
  for (const [file, content] of Object.entries(changes)) {
    await rm(join(folder, file), { force: true });
    if (content === undefined) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}

/** A model that also gives the mean of its token vectors, in an output of this name, as sentence-transformers exports it. */
export function pooledInGraph(model: OnnxModel, name = "sentence_embedding"): OnnxModel {
  const made = (
    type: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, bigint | readonly number[]>> = {},
  ) => node(type, { inputs, outputs: [output] }, { name: `pooling/${output}`, attributes });
  const nodes = [
    made("Cast", ["attention_mask"], "pooling/real", { to: 1n }),
    made("Unsqueeze", ["pooling/real"], "pooling/mask", { axes: [2] }),
    made("Mul", ["last_hidden_state", "pooling/mask"], "pooling/masked"),
    made("ReduceSum", ["pooling/masked"], "pooling/sum", { axes: [1], keepdims: 0n }),
    made("ReduceSum", ["pooling/mask"], "pooling/count", { axes: [1], keepdims: 0n }),
    made("Div", ["pooling/sum", "pooling/count"], name),
  ];
  const { graph } = model;
  return changed(model, {
    graph: changed(graph, {
      node: [...graph.node, ...nodes],
      output: [...graph.output, valueInfo(name, "float32", ["batch", 32])],
    }),
  });
}

/** An encoder that counts what goes through it. */
export function counting(encoder: Encoder): { encoder: Encoder; runs: () => number; texts: () => number } {
  let [runs, texts] = [0, 0];
  const session: Encoder["session"] = {
    ...encoder.session,
    run: (inputs, wanted) => {
      runs++;
      texts += inputs.get(encoder.ports.ids)?.dims[0] ?? 0;
      return encoder.session.run(inputs, wanted);
    },
  };
  return { encoder: { ...encoder, session }, runs: () => runs, texts: () => texts };
}
