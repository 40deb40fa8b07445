// @ts-check
/** Every reader of files, with inputs that it reads. */

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { List, Field, Float32, Table, tableFromArrays, tableToIPC, vectorFromArray } from "apache-arrow";

/**
 * @typedef {object} Reader
 * @property {readonly Buffer[]} seeds  inputs that can be read
 * @property {(bytes: Buffer) => Promise<unknown>} read  gives something that tells whether the same was read
 * @property {boolean} [json]  whether the inputs are JSON, of which single values can be changed
 * @property {boolean} [isSealed]  whether a checksum tells all damage, so that what is read is what was written
 *
 * @typedef {object} Place
 * @property {string} folder  for the files of this reader alone
 * @property {string} world  a folder with heads and an encoder, as commands.mjs prepares it
 *
 * @typedef {(place: Place) => Promise<Reader>} Open
 */

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
/** @param {string} file @returns {Promise<any>} */
const load = (file) => import(join(DIST, file));

const TEXTS = ["a good film", 'say "no",\r\nthen go', "zwölf Boxkämpfer 👩‍👧", "", "line\u2028end", "中文 text"];
const LABELS = ["good", "bad", "good", "bad", "good", "bad"];

/** @param {string} name @param {(path: string) => Promise<unknown>} read @returns {(place: Place) => (bytes: Buffer) => Promise<unknown>} */
const viaFile = (name, read) => {
  return ({ folder }) =>
    async (bytes) => {
      await writeFile(join(folder, name), bytes);
      return read(join(folder, name));
    };
};

// --- corpora

/** @param {object} [options] @returns {(path: string) => Promise<unknown>} */
const corpus = (options = {}) => {
  return async (path) => {
    const { openCorpus } = await load("corpus/corpus.js");
    return rowsOf(await openCorpus([path], { labelColumn: "label", ...options }));
  };
};

/** @param {any} opened */
async function rowsOf(opened) {
  const rows = [];
  for await (const { values } of opened.rows()) rows.push(values);
  return JSON.stringify(rows);
}

const quote = (/** @type {string} */ cell) => `"${cell.replaceAll('"', '""')}"`;
/** @param {string} delimiter */
const csv = (delimiter) => {
  // Where tabs separate the fields, a row is a line.
  const texts = delimiter === "\t" ? TEXTS.map((text) => text.replaceAll(/[\r\n]+/g, " ")) : TEXTS;
  const rows = [["text", "label", "id"], ...texts.map((text, i) => [text, LABELS[i], String(i)])];
  return Buffer.from(rows.map((row) => row.map(quote).join(delimiter)).join("\n"));
};
const JSONL = Buffer.from(
  [
    ...TEXTS.map((text, i) =>
      JSON.stringify({ text, label: LABELS[i], id: "12345678901234567", n: i, o: { a: [1, [2]] } }),
    ),
    '{"text":"x","label":"y","id":12345678901234567890}',
  ].join("\n"),
);
const CONLL = Buffer.from("Ada NN B-per\nruns VB O\n\nNew NN B-loc\nYork NN I-loc\n. . O\n");
const TAGGED = Buffer.from(
  [
    { tokens: ["Ada", "runs"], ner_tags: ["B-x", "O"] },
    { text: "Ada runs", entities: [{ start: 0, end: 3, label: "x" }] },
    { text: "Ada runs", spans: [[0, 3, "x"]] },
  ]
    .map((row) => JSON.stringify(row))
    .join("\n"),
);
/** @param {object} [options] @returns {(path: string) => Promise<unknown>} */
const tagged = (options) => {
  return async (path) => {
    const { readTagged } = await load("tagging/corpus/readTagged.js");
    return (await readTagged([path], options)).sentences.length;
  };
};

/** @param {string} name @param {readonly Buffer[]} seeds @param {(path: string) => Promise<unknown>} read @returns {Open} */
const ofFile = (name, seeds, read) => async (place) => ({ seeds, read: viaFile(name, read)(place) });

/** @type {Open} */
const arrowCorpus = async () => ({
  seeds: [
    Buffer.from(
      tableToIPC(tableFromArrays({ text: TEXTS, label: LABELS, n: Int32Array.from([1, 2, 3, 4, 5, 6]) }), "stream"),
    ),
  ],
  read: async (bytes) => {
    const { openCorpus } = await load("corpus/corpus.js");
    return rowsOf(await openCorpus(["-"], { from: "arrow", labelColumn: "label", stdin: Readable.from([bytes]) }));
  },
});

// --- vectors

/** @param {string} path */
async function vectorsIn(path) {
  const { readVectors } = await load("vectors/reader.js");
  const { vectors, ...rest } = await readVectors(path);
  return JSON.stringify([vectors.rows, vectors.cols, [...vectors.data], rest]);
}

/** Files of each kind of numbers, as headstart writes them. @param {string} format @param {Place} place */
async function vectorFiles(format, { folder }) {
  const { openVectorWriter } = await load("vectors/writer.js");
  const { matrix } = await load("math/matrix.js");
  const vectors = matrix(
    12,
    5,
    Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)),
  );
  const values = Array.from({ length: 12 }, (_, i) => [TEXTS[i % 6], i % 5 ? LABELS[i % 6] : null]);
  const files = [];
  for (const store of ["fp32", "fp16", "int8"]) {
    const path = join(folder, `seed.${store}.${format}`);
    const metadata = { "headstart.encoder": "some", "headstart.fingerprint": "0".repeat(64) };
    const writer = await openVectorWriter(path, { width: 5, columns: ["text", "10"], store, force: true, metadata });
    await writer.write(vectors, values);
    await writer.commit();
    files.push(await readFile(path));
  }
  return files;
}

/** As another program would have written it: without a checksum, so that damage gets through to the decoder. @param {Buffer} bytes */
function unsealed(bytes) {
  const mark = bytes.lastIndexOf("HSCHECK1");
  const without = Buffer.concat([bytes.subarray(0, mark), bytes.subarray(mark + 24)]);
  for (let at = without.indexOf("headstart"); at >= 0; at = without.indexOf("headstart"))
    without.write("otherprog", at);
  return without;
}

/** @param {"parquet" | "arrow" | "jsonl"} format @param {{ readonly isSealed: boolean }} how @returns {Open} */
const vectorFile =
  (format, { isSealed }) =>
  async (place) => {
    const files = await vectorFiles(format, place);
    const seeds = isSealed || format === "jsonl" ? files : files.map(unsealed);
    return { seeds, isSealed, read: viaFile(`v.${format}`, vectorsIn)(place) };
  };

/** @type {Open} */
const vectorStream = async (place) => {
  const lists = vectorFromArray(
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    new List(new Field("item", new Float32(), true)),
  );
  const table = new Table(/** @type {any} */ ({ text: vectorFromArray(["a", "b", "c"]), vector: lists }));
  return { seeds: [Buffer.from(tableToIPC(table, "stream"))], read: viaFile("s.arrow", vectorsIn)(place) };
};

/** @param {string} descr @param {number} bytes */
const npy = (descr, bytes) => {
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': (2, 3), }`.padEnd(117) + "\n";
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1"), Buffer.from(fields), Buffer.alloc(bytes)]);
};

/** @type {Open} */
const safetensors = async () => {
  const { readSafetensors, writeSafetensors } = await load("formats/safetensors.js");
  const tensors = new Map([
    ["a", { dtype: "F32", shape: [2, 3], data: new Float32Array(6) }],
    ["b", { dtype: "I64", shape: [2], data: new BigInt64Array(2) }],
    ["c", { dtype: "F16", shape: [0, 3], data: new Uint16Array(0) }],
  ]);
  const seed = Buffer.from(writeSafetensors(tensors, { made: "by hand" }));
  return { seeds: [seed], read: async (bytes) => readSafetensors(bytes).size };
};

// --- encoders

/** @param {string} path */
async function embedOne(path) {
  const { loadEncoder } = await load("encoder/load.js");
  const { embedTexts } = await load("encoder/embed/embed.js");
  const encoder = await loadEncoder(path);
  try {
    return (await embedTexts(encoder, ["the film a sun", ...TEXTS])).tokens;
  } finally {
    await encoder.close();
  }
}

/** @param {string} world */
const bertTokenizer = (world) => readFile(join(world, "tiny/tokenizer.json"));

/** @type {Open} */
const tokenizer = async ({ world }) => {
  const { parseEncoderJson } = await load("encoder/folder/settingsFile.js");
  const { loadTokenizer } = await load("encoder/tokenizer/tokenizer.js");
  const { readVocabulary } = await load("encoder/tokenizer/vocabulary.js");
  const bert = JSON.parse((await bertTokenizer(world)).toString("utf8"));
  const bare = { ...bert, post_processor: null, added_tokens: [] };
  const letters = [..."▁ abcdefghijklmnopqrstuvwxyz"];
  const squeeze = { type: "Replace", pattern: { Regex: " {2,}" }, content: " " };
  const words = { type: "Split", pattern: { Regex: "\\p{L}+| ?[^\\s]+|\\s+" }, behavior: "Isolated", invert: false };
  const kinds = [
    bert,
    {
      ...bare,
      normalizer: { type: "Sequence", normalizers: [{ type: "NFKC" }, squeeze, { type: "Prepend", prepend: "▁" }] },
      pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
      model: { type: "Unigram", unk_id: 0, vocab: [["<unk>", 0], ...letters.map((letter, i) => [letter, -i])] },
    },
    {
      ...bare,
      normalizer: null,
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [words, { type: "ByteLevel", add_prefix_space: true, use_regex: false }],
      },
      model: {
        type: "BPE",
        unk_token: null,
        vocab: Object.fromEntries(["\u0120", "ab", "abc", ...letters].map((l, i) => [l, i])),
        merges: ["a b", "ab c"],
      },
    },
    {
      ...bare,
      pre_tokenizer: { type: "FixedLength", length: 3 },
      model: { type: "WordLevel", vocab: { "a g": 0, u: 1 }, unk_token: "u" },
    },
  ];
  return {
    json: true,
    seeds: kinds.map((kind) => Buffer.from(JSON.stringify(kind))),
    read: async (bytes) => {
      const parsed = parseEncoderJson(bytes, "tokenizer.json");
      const made = loadTokenizer(parsed, {}, { file: "tokenizer.json", maxTokens: 64, mostMs: 1000 });
      for (const text of [...TEXTS, "a".repeat(3000), "ก".repeat(500)]) made.tokenize(text);
      return readVocabulary(parsed).tokens.length;
    },
  };
};

const WORDS = ["the", "film", "a", "sun", "zwölf"];
const GLOVE = Buffer.from(WORDS.map((word, i) => `${word} ${[0.1, -2e-3, i].join(" ")}\n`).join(""));
const WORD2VEC = Buffer.concat([Buffer.from("5 3\n"), GLOVE]);
const WORD2VEC_BINARY = Buffer.concat([
  Buffer.from("5 3\n"),
  ...WORDS.map((word, i) => Buffer.concat([Buffer.from(`${word} `), Buffer.from(Float32Array.of(0.5, i, -1).buffer)])),
]);

/** A file of an encoder's folder, the others being whole. @param {string} file @param {(place: Place) => Promise<string>} make @returns {Open} */
const inFolder = (file, make) => async (place) => {
  const folder = await make(place);
  const good = await readFile(join(folder, file));
  return {
    json: file.endsWith(".json"),
    seeds: [good],
    read: async (bytes) => {
      await writeFile(join(folder, file), bytes);
      return embedOne(folder);
    },
  };
};

/** @param {Place} place */
async function transformer({ folder, world }) {
  await cp(join(world, "tiny"), join(folder, "tiny"), { recursive: true });
  return join(folder, "tiny");
}

/** @param {Place} place */
async function tokenTable({ folder, world }) {
  const { writeSafetensors } = await load("formats/safetensors.js");
  const json = await bertTokenizer(world);
  const rows = Object.keys(JSON.parse(json.toString("utf8")).model.vocab).length;
  const tensors = new Map([
    ["embeddings", { dtype: "F32", shape: [rows, 4], data: new Float32Array(rows * 4).fill(1) }],
    ["weights", { dtype: "F64", shape: [rows], data: new Float64Array(rows).fill(1) }],
    ["mapping", { dtype: "I32", shape: [rows], data: new Int32Array(rows) }],
  ]);
  const table = join(folder, "table");
  await mkdir(table, { recursive: true });
  await writeFile(
    join(table, "config.json"),
    JSON.stringify({ model_type: "model2vec", normalize: true, seq_length: 512 }),
  );
  await writeFile(join(table, "tokenizer.json"), json);
  await writeFile(join(table, "model.safetensors"), writeSafetensors(tensors));
  return table;
}

// --- heads

/** What a head predicts for some vectors, or a tagger for some sentences. @param {string} folder */
async function topPredictions(folder) {
  const { peekHead, loadHead, loadNeighborIndex } = await load("head/file/folder.js");
  const { kind } = await peekHead(folder);
  if (kind === "tagger") {
    const { loadTagger } = await load("tagging/file/folder.js");
    return JSON.stringify((await loadTagger(folder)).tagger, (_, value) =>
      ArrayBuffer.isView(value) ? [.../** @type {any} */ (value)] : value,
    );
  }
  const { loadMultiLabel } = await load("head/file/multiLabel.js");
  const several = kind === "multi-label";
  const saved = several ? await loadMultiLabel(folder) : await loadHead(folder);
  const near = several ? undefined : await loadNeighborIndex(saved);
  return JSON.stringify([saved.head, near], (_, value) =>
    ArrayBuffer.isView(value) ? [.../** @type {any} */ (value)] : value,
  );
}

/** A file of a head, the others being whole. @param {string} head @param {string} file @returns {Open} */
const ofHead =
  (head, file) =>
  async ({ folder, world }) => {
    const own = join(folder, head);
    await cp(join(world, head), own, { recursive: true });
    return {
      isSealed: true,
      json: file.endsWith(".json"),
      seeds: [await readFile(join(own, file))],
      read: async (bytes) => {
        await writeFile(join(own, file), bytes);
        return topPredictions(own);
      },
    };
  };

/** By name; `share` of the mutants that the others get, where each takes long. @type {Readonly<Record<string, { readonly open: Open, readonly share?: number }>>} */
export const READERS = {
  csv: { open: ofFile("c.csv", [csv(","), csv(";")], corpus()) },
  "csv, skipping bad rows": {
    open: ofFile("c.csv", [csv(",")], corpus({ badRows: "skip", dropMissing: true, invalidUtf8: "replace" })),
  },
  "csv.gz": { open: ofFile("c.csv.gz", [gzipSync(csv(","))], corpus()) },
  tsv: { open: ofFile("c.tsv", [csv("\t")], corpus()) },
  jsonl: { open: ofFile("c.jsonl", [JSONL], corpus()) },
  "jsonl, skipping bad rows": { open: ofFile("c.jsonl", [JSONL], corpus({ badRows: "skip", dropMissing: true })) },
  conll: { open: ofFile("c.conll", [CONLL], tagged()) },
  "tagged jsonl": { open: ofFile("t.jsonl", [TAGGED], tagged()) },
  "tagged jsonl, skipping bad rows": { open: ofFile("t.jsonl", [TAGGED], tagged({ badRows: "skip" })) },
  "arrow stream": { open: arrowCorpus },
  npy: { open: ofFile("n.npy", [npy("<f4", 24), npy(">f8", 48), npy("<f2", 12)], vectorsIn) },
  "vector jsonl": { open: vectorFile("jsonl", { isSealed: false }) },
  "arrow file": { open: vectorFile("arrow", { isSealed: false }) },
  "arrow file of headstart": { open: vectorFile("arrow", { isSealed: true }) },
  "arrow stream of vectors": { open: vectorStream },
  // Another process for each.
  parquet: { open: vectorFile("parquet", { isSealed: false }), share: 0.05 },
  "parquet of headstart": { open: vectorFile("parquet", { isSealed: true }), share: 0.2 },
  safetensors: { open: safetensors },
  "tokenizer.json": { open: tokenizer },
  glove: { open: ofFile("w.txt", [GLOVE], embedOne) },
  "word2vec text": { open: ofFile("w.vec", [WORD2VEC], embedOne) },
  "word2vec binary": { open: ofFile("w.bin", [WORD2VEC_BINARY], embedOne) },
  "gzipped word vectors": { open: ofFile("w.vec.gz", [gzipSync(GLOVE)], embedOne) },
  "token table: model.safetensors": { open: inFolder("model.safetensors", tokenTable), share: 0.5 },
  "token table: tokenizer.json": { open: inFolder("tokenizer.json", tokenTable), share: 0.5 },
  "token table: config.json": { open: inFolder("config.json", tokenTable), share: 0.5 },
  "transformer: model.onnx": { open: inFolder("onnx/model.onnx", transformer), share: 0.5 },
  "transformer: tokenizer.json": { open: inFolder("tokenizer.json", transformer), share: 0.2 },
  "transformer: config.json": { open: inFolder("config.json", transformer), share: 0.2 },
  "transformer: modules.json": { open: inFolder("modules.json", transformer), share: 0.2 },
  ...Object.fromEntries(
    ["head", "ner-head", "multi-head"].flatMap((head) => [
      [`${head}: headstart.json`, { open: ofHead(head, "headstart.json") }],
      [`${head}: head.safetensors`, { open: ofHead(head, "head.safetensors") }],
    ]),
  ),
  "head: neighbors.safetensors": { open: ofHead("head", "neighbors.safetensors") },
};

/** Opens a reader in a folder that is made for it. @param {string} name @param {Place} place @returns {Promise<Reader>} */
export async function openReader(name, place) {
  await mkdir(place.folder, { recursive: true });
  return READERS[name].open(place);
}
