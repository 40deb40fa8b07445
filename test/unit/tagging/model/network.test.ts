import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { openRowProducts, type RowProducts } from "../../../../src/onnx/runtime/gemm.js";
import { LEARNED, newNetwork, type TaggerNetwork, type NetworkShape } from "../../../../src/tagging/model/network.js";
import { trainStep, type NetworkBatch } from "../../../../src/tagging/model/trainStep.js";

const BASE = {
  tags: 5,
  width: 6,
  layers: 2,
  mixed: false,
  contextWindow: 1,
  hidden: 3,
  features: 2,
  cues: 2,
  crf: true,
};
const SHAPES: readonly [string, NetworkShape][] = [
  ["an MLP with a CRF", BASE],
  ["an MLP of mixed layers", { ...BASE, mixed: true, crf: false }],
  ["a linear tagger with a CRF", { ...BASE, hidden: 0, cues: 0 }],
];

let products: RowProducts;
beforeAll(async () => void (products = await openRowProducts("float32", { threads: 1 })));
afterAll(() => products.close());

/** Two sentences, of four words and of one. */
function batchOf({ width, cues }: NetworkShape): NetworkBatch {
  const random = seeded(3);
  const rows = (table: number): Int32Array[] =>
    [[0], [0, 1], [], [1], [1]].map((own) => Int32Array.from(table > 0 ? own : []));
  const x = matrix(
    5,
    width,
    Float32Array.from({ length: 5 * width }, () => 2 * random() - 1),
  );
  return {
    x,
    offsets: Int32Array.of(0, 4, 5),
    features: rows(2),
    cues: rows(cues),
    tags: Int32Array.of(0, 1, 2, 3, 0),
  };
}

/** A network whose numbers are all other than zero, the same at every call. */
function freshNet(shape: NetworkShape): TaggerNetwork {
  const random = seeded(4);
  const network = newNetwork(shape, random);
  for (const name of LEARNED)
    network[name].values.forEach((value, i, all) => void (all[i] = value + 0.4 * random() - 0.2));
  return network;
}

describe.each(SHAPES)("trainStep() of %s", (_, shape) => {
  const batch = batchOf(shape);
  const step = (network: TaggerNetwork): Promise<number> =>
    trainStep(network, batch, { products, random: seeded(1), number: 1, learningRate: 0, weightDecay: 0, dropout: 0 });

  it("follows gradients that are those of small differences of the loss", async () => {
    const network = freshNet(shape);
    await step(network);
    for (const name of LEARNED) {
      for (let i = 0; i < network[name].values.length; i++) {
        const lossAt = async (change: number): Promise<number> => {
          const other = freshNet(shape);
          other[name].values[i] += change;
          return step(other);
        };
        const gradient = ((await lossAt(1e-2)) - (await lossAt(-1e-2))) / 2e-2;
        expect(network[name].first[i] / 0.1, `${name} ${i}`).toBeCloseTo(gradient, 3); // 0.1 of the gradient is remembered
      }
    }
  });
});
