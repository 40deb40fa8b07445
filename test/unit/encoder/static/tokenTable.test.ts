import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../../../src/errors.js";
import { row } from "../../../../src/math/matrix.js";
import { distill } from "../../../../src/encoder/static/distill.js";
import { embedTexts } from "../../../../src/encoder/embed/embed.js";
import { zipfWeights } from "../../../../src/encoder/static/distill.js";
import { saveTokenTable } from "../../../../src/encoder/static/saveTokenTable.js";
import { toHalf } from "../../../../src/formats/half.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../../../../src/formats/safetensors.js";
import { tempFolder } from "../../files/tempFolder.js";
import { fixture, folderFrom, openEncoder } from "../tinyBert.js";

const tiny = () => openEncoder(fixture("tiny-bert"));
const VOCABULARY: Readonly<Record<string, number>> = {
  "[PAD]": 0,
  "[UNK]": 1,
  "[CLS]": 2,
  "[SEP]": 3,
  sun: 4,
  rain: 5,
  "##s": 6,
};
const TOKENIZER = {
  added_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map((content, id) => ({ id, content, special: true })),
  normalizer: { type: "BertNormalizer", lowercase: true, clean_text: true, handle_chinese_chars: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: ["[CLS]", "A", "[SEP]"].map((id) => ({ [id === "A" ? "Sequence" : "SpecialToken"]: { id, type_id: 0 } })),
    pair: [],
    special_tokens: Object.fromEntries(
      ["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [VOCABULARY[id]], tokens: [id] }]),
    ),
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", vocab: VOCABULARY },
};
const ROWS = Float32Array.from({ length: 14 }, (_, i) => (i < 8 ? 100 : i));

/** A folder as model2vec writes it. */
async function folderOf(
  tensors: Readonly<Record<string, Tensor>> = { embeddings: { dtype: "F32", shape: [7, 2], data: ROWS } },
  config: object = { model_type: "model2vec", normalize: false, seq_length: 1_000_000 },
): Promise<string> {
  const folder = await tempFolder();
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(TOKENIZER));
  await writeFile(join(folder, "model.safetensors"), writeSafetensors(new Map(Object.entries(tensors))));
  return folder;
}

const vectorsOf = async (folder: string, texts: readonly string[]) => embedTexts(await openEncoder(folder), texts);

describe("loadEncoder() on model2vec's layout", () => {
  it("refuses numbers that are not finite, with their row", async () => {
    const embeddings = { dtype: "F32", shape: [7, 2], data: ROWS } as const;
    const weights = { dtype: "F32", shape: [7], data: Float32Array.of(1, 1, 1, 1, 1, Infinity, 1) } as const;
    for (const [tensors, found] of [
      [{ embeddings: { ...embeddings, data: ROWS.with(9, NaN) } }, 'row 4 of "embeddings" has NaN'],
      [{ embeddings: { ...embeddings, data: ROWS.with(0, -Infinity) } }, 'row 0 of "embeddings" has -Infinity'],
      [{ embeddings, weights }, 'row 5 of "weights" has Infinity'],
    ] as const) {
      const folder = await folderOf(tensors);
      await expect(openEncoder(folder)).rejects.toMatchObject({
        code: "E_ENCODER_INVALID",
        message: expect.stringContaining(found) as unknown,
      });
    }
  });

  it("needs no memory for a row that stands for many tokens, and refuses vectors of any width", async () => {
    const wide = { dtype: "F32", shape: [1, 60_000], data: new Float32Array(60_000).fill(1) } as const;
    const mapping = { dtype: "U8", shape: [2_000_000], data: new Uint8Array(2_000_000) } as const;
    const { vectors } = await vectorsOf(await folderOf({ embeddings: wide, mapping }), ["sun"]);
    expect([vectors.cols, vectors.data[59_999]]).toEqual([60_000, 1]);
    const wider = { dtype: "U8", shape: [1, 2_000_000], data: new Uint8Array(2_000_000) } as const;
    await expect(openEncoder(await folderOf({ embeddings: wider }))).rejects.toMatchObject({
      code: "E_ENCODER_INVALID",
    });
  });

  it("refuses an id beyond the table before it makes a list of them", async () => {
    const folder = await folderOf();
    const vocab = { ...VOCABULARY, moon: 4_294_967_290 };
    await writeFile(
      join(folder, "tokenizer.json"),
      JSON.stringify({ ...TOKENIZER, model: { ...TOKENIZER.model, vocab } }),
    );
    await expect(openEncoder(folder)).rejects.toMatchObject({ code: "E_ENCODER_INVALID" });
  });

  it("gives the mean of the tokens' rows, control tokens and unknown ones left out, zeros for none", async () => {
    const { vectors, unknown, empty, tokens } = await vectorsOf(await folderOf(), [
      "Suns rain",
      "sun moon",
      "moon",
      "",
    ]);
    expect([...vectors.data]).toEqual([(8 + 12 + 10) / 3, (9 + 13 + 11) / 3, 8, 9, 0, 0, 0, 0]);
    expect({ unknown, empty, tokens }).toEqual({ unknown: 2, empty: 2, tokens: 4 });
  });

  it("scales to length 1 where config.json says so or it is asked for", async () => {
    const folder = await folderOf(undefined, { model_type: "model2vec", normalize: true });
    const { vectors } = await vectorsOf(folder, ["sun"]);
    expect(Math.hypot(...vectors.data)).toBeCloseTo(1, 6);
    expect((await openEncoder(folder, { normalize: false })).normalize).toBe(false);
  });

  it("reads halves, and a factor and a row for each token", async () => {
    const half = await folderOf({ embeddings: { dtype: "F16", shape: [7, 2], data: Uint16Array.from(ROWS, toHalf) } });
    expect([...(await vectorsOf(half, ["sun"])).vectors.data]).toEqual([8, 9]);
    const shared = await folderOf({
      embeddings: { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
      mapping: { dtype: "I64", shape: [7], data: BigInt64Array.of(0n, 0n, 0n, 0n, 1n, 0n, 1n) },
      weights: { dtype: "F64", shape: [7], data: Float64Array.of(1, 1, 1, 1, 2, 1, 0.5) },
    });
    expect([...(await vectorsOf(shared, ["sun", "suns"])).vectors.data]).toEqual([6, 8, 3.75, 5]);
  });

  it("cuts what is left of the known tokens", async () => {
    const encoder = await openEncoder(await folderOf(), { maxTokens: 3 });
    const { truncated, tokens } = await embedTexts(encoder, ["sun moon sun moon rain", "sun rain rain rain"]);
    expect([truncated, tokens]).toEqual([1, 6]);
  });

  it.each([
    ["no tensor of that name", { other: { dtype: "F32", shape: [7, 2], data: ROWS } }, '"embeddings" is missing'],
    [
      "fewer rows than tokens",
      { embeddings: { dtype: "F32", shape: [5, 2], data: ROWS.subarray(4) } },
      "7 tokens, and the table 5",
    ],
    ["another shape", { embeddings: { dtype: "F32", shape: [14], data: ROWS } }, "F32 [14], not [tokens, width]"],
    [
      "a row that is not there",
      {
        embeddings: { dtype: "F32", shape: [7, 2], data: ROWS },
        mapping: { dtype: "I32", shape: [7], data: Int32Array.of(0, 0, 0, 0, 0, 0, 7) },
      },
      "row 7 of 7",
    ],
  ] as const)("refuses a table with %s", async (_, tensors, found) => {
    const error: unknown = await openEncoder(await folderOf(tensors)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HeadstartError);
    expect(error).toMatchObject({ code: "E_ENCODER_INVALID", message: expect.stringContaining(found) });
  });
});

describe("zipfWeights()", () => {
  it("is a / (a + p) with p by Zipf's law, so that the probabilities sum to 1", () => {
    const a = 0.25;
    const weights = zipfWeights(3, a);
    const p = [6 / 11, 3 / 11, 2 / 11];
    p.forEach((one, i) => expect(weights[i]).toBeCloseTo(a / (a + one), 12));
  });
});

describe("distill()", () => {
  it("keeps the distances of the tokens' own vectors when no axis is left out", async () => {
    const encoder = await tiny();
    const table = await distill(encoder, { dims: 32 });
    expect([table.embeddings.rows, table.tokens, table.explained]).toEqual([197, 192, expect.closeTo(1, 9)]);
    const words = ["good", "bad", "movie", "the"];
    const own = (await embedTexts(encoder, words)).vectors;
    const ids = words.map((word) => encoder.tokenizer.tokenize(word).ids[1]);
    const distance = (a: Float32Array, b: Float32Array): number => Math.hypot(...a.map((x, d) => x - b[d]));
    for (let i = 0; i < words.length; i++)
      for (let j = 0; j < i; j++) {
        const kept = distance(row(table.embeddings, ids[i]), row(table.embeddings, ids[j]));
        expect(kept).toBeCloseTo(distance(row(own, i), row(own, j)), 5);
      }
  });

  it("gives zeros to control tokens, weights to the others, and fewer numbers as the first of more", async () => {
    const encoder = await tiny();
    const [plain, weighted, few] = [
      await distill(encoder),
      await distill(encoder, { weights: "zipf" }),
      await distill(encoder, { dims: 4, weights: "zipf" }),
    ];
    for (const id of [0, 1, 2, 3, 4]) expect([...row(weighted.embeddings, id)]).toEqual(Array(32).fill(0));
    const weights = zipfWeights(192);
    const [first, last] = [5, 196];
    expect(row(weighted.embeddings, first)[0]).toBeCloseTo(row(plain.embeddings, first)[0] * weights[0], 6);
    expect(row(weighted.embeddings, last)[0]).toBeCloseTo(row(plain.embeddings, last)[0] * weights[191], 6);
    expect([...row(few.embeddings, last)]).toEqual([...row(weighted.embeddings, last).subarray(0, 4)]);
    expect(few.explained).toBeLessThan(1);
  });

  it("refuses more numbers than the encoder has, and an encoder that is static", async () => {
    await expect(distill(await tiny(), { dims: 33 })).rejects.toMatchObject({ code: "E_USAGE" });
    await expect(distill(await openEncoder(await folderOf()))).rejects.toMatchObject({
      code: "E_ENCODER_UNSUPPORTED",
    });
  });

  it("lower-cases in tokenizer.json where the encoder has that from another file", async () => {
    const folder = await folderFrom("tiny-bert", {
      "sentence_bert_config.json": '{"max_seq_length": 64, "do_lower_case": true}',
    });
    const { tokenizer } = await distill(await openEncoder(folder));
    expect(tokenizer).toMatchObject({ normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }, {}] } });
  });
});

describe("saveTokenTable()", () => {
  it("writes a folder that loads, with the rows as they are and a card", async () => {
    const table = await distill(await tiny(), { dims: 8 });
    const folder = join(await tempFolder(), "table");
    await saveTokenTable(folder, table);
    const read = readSafetensors(await readFile(join(folder, "model.safetensors")));
    expect([...read]).toEqual([["embeddings", { dtype: "F32", shape: [197, 8], data: table.embeddings.data }]]);
    const encoder = await openEncoder(folder);
    expect([encoder.kind, encoder.width, encoder.normalize, encoder.isStatic]).toEqual(["local", 8, true, true]);
    const { vectors } = await embedTexts(encoder, ["good good", "good"]);
    expect([...row(vectors, 0)]).toEqual([...row(vectors, 1)]);
    expect(await readFile(join(folder, "README.md"), "utf8")).toMatch(/32 numbers reduced to 8 .* % of the variance/);
    await expect(saveTokenTable(folder, table)).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
    await saveTokenTable(folder, table, { force: true });
  });
});
