import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listFiles } from "../../../../src/encoder/folder/folder.js";
import {
  readEncoderSettings,
  type EncoderSettings,
  type ModelFacts,
  type SettingsOverrides,
} from "../../../../src/encoder/folder/settings.js";
import { ENCODER_FILES, failure, temporaryFolder, writeFiles } from "../hub/fakeHub.js";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => void (folder = await temporaryFolder()));
afterEach(() => folder.remove());

type Files = Readonly<Record<string, unknown>>;

/** Settings of the usual encoder with some files replaced (objects as JSON), or left out where undefined. */
async function settings(
  changes: Files = {},
  overrides: SettingsOverrides = {},
  model?: ModelFacts,
): Promise<EncoderSettings> {
  await rm(folder.path, { recursive: true, force: true });
  const files = Object.entries({ ...ENCODER_FILES, ...changes }).filter(([, content]) => content !== undefined);
  const texts = files.map(([name, content]) => [name, typeof content === "string" ? content : JSON.stringify(content)]);
  await writeFiles(folder.path, Object.fromEntries(texts));
  const found = { name: "mine", kind: "local", path: folder.path, files: await listFiles(folder.path) } as const;
  return readEncoderSettings({ ...found, decisions: ["found here"] }, overrides, model);
}

const BARE = { "modules.json": undefined, "1_Pooling/config.json": undefined };
const step = (kind: string, path = ""): unknown => ({ path, type: `sentence_transformers.models.${kind}` });
const POOLED = [step("Transformer"), step("Pooling", "1_Pooling")];

describe("readEncoderSettings()", () => {
  it("reads an encoder of sentence-transformers and says where each choice comes from", async () => {
    expect(await settings()).toEqual({
      pooling: "cls",
      normalize: true,
      maxTokens: 256,
      prompt: "",
      lowerCase: false,
      stated: { widths: [["hidden_size", 32]], vocabulary: undefined },
      width: 32,
      layers: 2,
      modelFile: "onnx/model.onnx",
      tokenizerFile: "tokenizer.json",
      tokenizerConfigFile: "tokenizer_config.json",
      decisions: [
        "found here",
        "model onnx/model.onnx",
        "pooling cls (1_Pooling/config.json)",
        "vectors normalized to length 1 (modules.json)",
        "at most 256 tokens (sentence_bert_config.json; tokenizer_config.json allows 512, config.json allows 512)",
      ],
    });
  });

  it("assumes mean pooling and length 1 without modules.json, and says so", async () => {
    const found = await settings({
      ...BARE,
      "sentence_bert_config.json": undefined,
      "tokenizer_config.json": undefined,
    });
    expect(found).toMatchObject({ pooling: "mean", normalize: true, maxTokens: 512 });
    expect(found).not.toHaveProperty("tokenizerConfigFile");
    expect(found.decisions).toEqual([
      "found here",
      "model onnx/model.onnx",
      "pooling mean (assumed: no modules.json)",
      "vectors normalized to length 1 (assumed: no modules.json)",
      "at most 512 tokens (config.json)",
    ]);
  });

  it("reads DistilBERT's words for width and layers", async () => {
    expect(await settings({ "config.json": { dim: 768, n_layers: 6 } })).toMatchObject({ width: 768, layers: 6 });
    const without = await settings({ "config.json": {} });
    expect(without).not.toHaveProperty("width");
    expect(without).not.toHaveProperty("layers");
  });

  it("lets the caller's settings win, and says what the files say", async () => {
    const found = await settings({}, { pooling: "max", normalize: false, maxTokens: 300, prompt: "query: " });
    expect(found).toMatchObject({ pooling: "max", normalize: false, maxTokens: 300, prompt: "query: " });
    expect(found.decisions.slice(2)).toEqual([
      "pooling max (asked for; 1_Pooling/config.json says cls)",
      "vectors not normalized (asked for)",
      "at most 300 tokens (asked for; sentence_bert_config.json allows 256; tokenizer_config.json allows 512; config.json allows 512)",
      'prompt "query: " before every text (asked for)',
    ]);
  });

  it.each(["tokenizer.json", "onnx/model.onnx"])("names a missing %s and what is there", async (file) => {
    const { code, message } = await failure(settings({ [file]: undefined }));
    expect(code).toBe("E_ENCODER_MISSING");
    expect(message).toContain(file === "onnx/model.onnx" ? "no .onnx file" : `${file} is missing`);
    expect(message).toContain("modules.json");
  });

  it("does without config.json, and takes the longest text from the model's table of positions", async () => {
    const bare = {
      "config.json": undefined,
      "sentence_bert_config.json": undefined,
      "tokenizer_config.json": { tokenizer_class: "XLMRobertaTokenizerFast" },
    };
    expect(await settings(bare)).toMatchObject({ maxTokens: 512 });
    const usual = { ofTexts: undefined, ofTokens: true };
    // Positions of RoBERTa's kind are counted from the padding on.
    expect((await settings(bare, {}, { ...usual, positions: 130 })).maxTokens).toBe(128);
    const bert = { ...bare, "tokenizer_config.json": { tokenizer_class: "BertTokenizer" } };
    expect((await settings(bert, {}, { ...usual, positions: 130 })).maxTokens).toBe(130);
    // What config.json says counts more.
    expect((await settings({}, {}, { ...usual, positions: 130 })).maxTokens).toBe(256);
  });

  it.each([["vocab.json", "merges.txt"], ["sentencepiece.bpe.model"], ["spiece.model"]])(
    "says how tokenizer.json is made of %s",
    async (...names) => {
      const others = Object.fromEntries(names.map((name) => [name, "x"]));
      const { code, message } = await failure(settings({ "tokenizer.json": undefined, ...others }));
      expect(code).toBe("E_ENCODER_MISSING");
      for (const name of names) expect(message).toContain(name);
      expect(message).toContain('AutoTokenizer.from_pretrained("mine").save_pretrained("mine")');
    },
  );

  it.each([
    ["d_model", 64],
    ["n_embd", 48],
    ["emb_dim", 40],
  ])("knows the width as %s too, and passes over a field of that name that is none", async (key, width) => {
    expect(await settings({ "config.json": { [key]: width } })).toMatchObject({
      width,
      stated: { widths: [[key, width]] },
    });
    expect(await settings({ "config.json": { [key]: "wide" } })).not.toHaveProperty("width");
  });

  it.each<[string, string, string]>([
    ["config.json", "{", "JSON"],
    ["config.json", "[]", "the whole"],
    ["config.json", '{"max_position_embeddings": "512"}', '"max_position_embeddings"'],
    ["config.json", "", "is empty"],
    ["tokenizer_config.json", "version https://git-lfs.github.com/spec/v1\n", "git-lfs pointer"],
    ["modules.json", "<!doctype html>", "HTML page"],
    ["modules.json", '[{"idx": 0}]', '"0.path"'],
    ["1_Pooling/config.json", '{"pooling_mode": []}', '"pooling_mode"'],
    ["sentence_bert_config.json", '{"do_lower_case": "yes"}', '"do_lower_case"'],
    ["config_sentence_transformers.json", '{"prompts": {"q": 1}}', '"prompts.q"'],
    ["config_sentence_transformers.json", '{"prompts": {}, "default_prompt_name": "q"}', '"q"'],
  ])("refuses a malformed %s: %j", async (file, content, reason) => {
    const { code, message } = await failure(settings({ [file]: content }));
    expect(code).toBe("E_ENCODER_INVALID");
    expect(message).toContain(file.split("/").at(-1));
    expect(message).toContain(reason);
  });

  it("accepts a byte order mark", async () => {
    expect(await settings({ "config.json": '\ufeff{"hidden_size": 8}' })).toMatchObject({ width: 8 });
  });
});

describe("readEncoderSettings() of a model that gives vectors of texts", () => {
  const both = { ofTexts: "sentence_embedding", ofTokens: true };
  const alone = { ofTexts: "sentence_embedding", ofTokens: false };
  const dense = [...POOLED, step("Dense", "2_Dense"), step("Normalize", "3_Normalize")];

  it("takes them as they are where no file says how to pool, and says so", async () => {
    const found = await settings(BARE, {}, both);
    expect(found).toMatchObject({ pooling: "model", normalize: false });
    expect(found.decisions).toContain(
      'vectors of the model\'s own output "sentence_embedding" (no file says how to pool)',
    );
    expect(found.decisions).toContain("vectors not normalized (as the model gives them)");
    expect(await settings(BARE, { normalize: true }, both)).toMatchObject({ pooling: "model", normalize: true });
  });

  it("pools token vectors as a file or the caller says, and names the output that is not used", async () => {
    const found = await settings({}, {}, both);
    expect(found).toMatchObject({ pooling: "cls", normalize: true });
    expect(found.decisions.find((line) => line.startsWith("pooling"))).toMatch(/"sentence_embedding" is not used/);
    expect(await settings(BARE, { pooling: "mean" }, both)).toMatchObject({ pooling: "mean" });
    expect(await settings({}, { pooling: "model" }, both)).toMatchObject({ pooling: "model", normalize: true });
  });

  it.each<[string, Files]>([
    ["a pooling", { "1_Pooling/config.json": { pooling_mode_lasttoken: true, pooling_mode_mean_tokens: false } }],
    ["a step", { "modules.json": dense }],
  ])("leaves %s to it that is not done here", async (_, files) => {
    expect(await settings(files, {}, both)).toMatchObject({ pooling: "model", normalize: true });
    expect((await failure(settings(files))).code).toBe("E_ENCODER_UNSUPPORTED");
  });

  it("takes them where it gives no others, and refuses them of a model that has none", async () => {
    expect(await settings({}, {}, alone)).toMatchObject({ pooling: "model", normalize: true });
    const { code, message } = await failure(settings({}, { pooling: "model" }));
    expect([code, message]).toEqual(["E_ENCODER_UNSUPPORTED", expect.stringContaining("--pooling model")]);
  });
});

describe("readEncoderSettings() and modules", () => {
  it.each([
    [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }, "mean"],
    [{ pooling_mode_max_tokens: true, pooling_mode_mean_tokens: false, word_embedding_dimension: 32 }, "max"],
    [{ pooling_mode: "CLS", embedding_dimension: 32, include_prompt: true }, "cls"],
    [{ pooling_mode: ["max"] }, "max"],
    [{ pooling_mode: "cls", pooling_mode_mean_tokens: true }, "cls"],
    [{ pooling_mode_cls_token: false }, "mean"],
    [{}, "mean"],
  ])("reads the pooling of %j", async (pooling, expected) => {
    expect(await settings({ "1_Pooling/config.json": pooling })).toMatchObject({ pooling: expected });
  });

  it.each([
    [{ pooling_mode_lasttoken: true, pooling_mode_mean_tokens: false }, "lasttoken"],
    [{ pooling_mode_weightedmean_tokens: true }, "weightedmean"],
    [{ pooling_mode_mean_sqrt_len_tokens: true }, "mean_sqrt_len_tokens"],
    [{ pooling_mode: "attention" }, "attention"],
    [{ pooling_mode_cls_token: true, pooling_mode_mean_tokens: true }, "cls and mean"],
    [{ pooling_mode: ["mean", "max"] }, "mean and max"],
  ])("refuses the pooling of %j, unless another is asked for", async (pooling, named) => {
    const { code, message } = await failure(settings({ "1_Pooling/config.json": pooling }));
    expect(code).toBe("E_ENCODER_UNSUPPORTED");
    expect(message).toContain(`1_Pooling/config.json asks for pooling ${named}`);
    expect(await settings({ "1_Pooling/config.json": pooling }, { pooling: "mean" })).toMatchObject({
      pooling: "mean",
    });
  });

  it("follows the path in modules.json, and class names wherever newer versions keep them", async () => {
    const modules = [
      { idx: 0, name: "0", path: "", type: "sentence_transformers.base.modules.transformer.Transformer" },
      {
        idx: 1,
        name: "1",
        path: "9_Pooling",
        type: "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
      },
    ];
    const found = await settings({ "modules.json": modules, "9_Pooling/config.json": { pooling_mode: "max" } });
    expect(found).toMatchObject({ pooling: "max", normalize: false });
    expect(found.decisions).toContain("vectors not normalized (modules.json)");
  });

  it.each<[unknown[], string]>([
    [[...POOLED, step("Dense", "2_Dense"), step("Normalize", "3_Normalize")], "sentence_transformers.models.Dense"],
    [[...POOLED, step("LayerNorm", "2_LayerNorm")], "LayerNorm"],
    [[step("StaticEmbedding")], "StaticEmbedding"],
    [[{ path: "", type: "custom_st.Transformer" }, step("Pooling", "1_Pooling")], "custom_st.Transformer"],
    [[step("Transformer"), step("Normalize"), step("Pooling", "1_Pooling")], "Transformer Normalize Pooling"],
    [[step("Transformer", "0_Transformer"), step("Pooling", "1_Pooling")], "0_Transformer"],
    [[step("Transformer"), step("Pooling", "../1_Pooling")], "../1_Pooling"],
    [[step("Transformer")], "no Pooling"],
    [[], "nothing"],
  ])("refuses modules that are not done here (%#) [E05, R23]", async (modules, named) => {
    const { code, message } = await failure(settings({ "modules.json": modules }));
    expect(code).toBe("E_ENCODER_UNSUPPORTED");
    expect(message).toContain(named);
  });

  it("never leaves a Dense layer out, whatever is asked for and even without modules.json [E05, R23]", async () => {
    const dense = { "modules.json": [...POOLED, step("Dense", "2_Dense")] };
    expect((await failure(settings(dense, { pooling: "mean", normalize: true }))).code).toBe("E_ENCODER_UNSUPPORTED");
    const bare = { "modules.json": undefined, "2_Dense/config.json": "{}" };
    expect((await failure(settings(bare))).message).toContain("2_Dense/config.json");
  });

  it("reads pooling settings that are there without modules.json", async () => {
    expect(await settings({ "modules.json": undefined })).toMatchObject({ pooling: "cls", normalize: true });
  });

  it("misses the pooling settings that modules.json points to", async () => {
    expect(await failure(settings({ "1_Pooling/config.json": undefined }))).toMatchObject({
      code: "E_ENCODER_MISSING",
      message: expect.stringContaining("1_Pooling/config.json is missing"),
    });
  });
});

describe("readEncoderSettings() and the longest text", () => {
  const limits = (sentence: unknown, tokenizer: unknown, config: object): Files => ({
    "sentence_bert_config.json": { max_seq_length: sentence },
    "tokenizer_config.json": { model_max_length: tokenizer },
    "config.json": config,
  });
  const bert = { model_type: "bert", max_position_embeddings: 512, pad_token_id: 0 };

  it.each<[unknown, unknown, object, number]>([
    [128, 512, bert, 128],
    [512, 128, bert, 128],
    [null, 1e30, bert, 512],
    [null, null, {}, 512],
    [1024, 1024, bert, 512],
    [null, 1e30, { model_type: "roberta", max_position_embeddings: 514, pad_token_id: 1 }, 512],
    [null, null, { model_type: "xlm-roberta", max_position_embeddings: 514 }, 512],
    [384, 512, { model_type: "mpnet", max_position_embeddings: 514, pad_token_id: 1 }, 384],
    [null, 8192, { model_type: "t5", max_position_embeddings: -1 }, 8192],
  ])("takes the smallest of %j, %j and %j [E06]", async (sentence, tokenizer, config, expected) => {
    expect((await settings(limits(sentence, tokenizer, config))).maxTokens).toBe(expected);
  });

  it("says when no file knows a limit", async () => {
    expect((await settings(limits(null, 1e30, {}))).decisions).toContain("at most 512 tokens (no file says how many)");
  });

  it("refuses more tokens than there are positions, and fewer than a text needs [E06, R24]", async () => {
    expect(await settings(limits(128, 128, bert), { maxTokens: 512 })).toMatchObject({ maxTokens: 512 });
    for (const maxTokens of [513, 2, 0, -1, 10.5, Number.NaN]) {
      expect(await failure(settings(limits(128, 128, bert), { maxTokens }))).toMatchObject({
        code: "E_USAGE",
        message: expect.stringContaining("--max-tokens"),
      });
    }
  });

  it("reads the settings file's older names, and lower-casing", async () => {
    const old = {
      "sentence_bert_config.json": undefined,
      "sentence_roberta_config.json": { max_seq_length: 64, do_lower_case: true },
    };
    const found = await settings(old);
    expect(found).toMatchObject({ maxTokens: 64, lowerCase: true });
    expect(found.decisions).toContain("texts lower-cased first (sentence_roberta_config.json)");
  });
});

describe("readEncoderSettings() and prompts", () => {
  const file = "config_sentence_transformers.json";
  const prompts = { query: "query: ", passage: "passage: ", document: "" };

  it("takes the default prompt and lists those that are not used", async () => {
    const found = await settings({ [file]: { prompts, default_prompt_name: "passage" } });
    expect(found.prompt).toBe("passage: ");
    expect(found.decisions.slice(-2)).toEqual([
      `prompt "passage: " before every text (${file}, passage)`,
      `prompts not used: query (${file}; give one's text with --prompt)`,
    ]);
  });

  it("takes none without a default name", async () => {
    const found = await settings({ [file]: { prompts, default_prompt_name: null } });
    expect(found.prompt).toBe("");
    expect(found.decisions.at(-1)).toContain("prompts not used: query, passage");
  });

  it("lets an empty prompt switch the default off", async () => {
    const found = await settings({ [file]: { prompts, default_prompt_name: "query" } }, { prompt: "" });
    expect(found.prompt).toBe("");
    expect(found.decisions.join()).not.toContain("before every text");
  });

  it("refuses a prompt that the pooling leaves out, and only then", async () => {
    const pooling = { "1_Pooling/config.json": { pooling_mode: "mean", include_prompt: false } };
    expect(await settings(pooling)).toMatchObject({ prompt: "" });
    expect((await failure(settings(pooling, { prompt: "query: " }))).code).toBe("E_ENCODER_UNSUPPORTED");
    const byDefault = { ...pooling, [file]: { prompts, default_prompt_name: "query" } };
    expect((await failure(settings(byDefault))).message).toContain("--prompt");
  });
});
