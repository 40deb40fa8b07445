import { setImmediate } from "node:timers/promises";
import { HeadstartError } from "../../errors.js";
import type { Encoder, EncoderOptions } from "../encoder.js";
import { staticEncoder, staticSettings } from "./staticEncoder.js";
import { fileBytes } from "./fileBytes.js";
import { wordTokenizer } from "../tokenizer/wordTokenizer.js";
import type { EncoderFile, WordVectorFormat } from "./wordVectorFormat.js";
import { rowReader, type WordVectors } from "./wordVectorRows.js";
import { sha256, startSha256 } from "../../files/contentHash.js";
import { count } from "../../text/numbers.js";

/** Changes whenever the same file and settings come to give other vectors, so that none are mixed. */
const VECTOR_VERSION = "word-vectors 1";

/**
 * Makes a file of word vectors ready to embed: a text's vector is the mean of its words' vectors, of length 1 unless
 * asked otherwise.
 *
 * The file is read as a stream; its vectors are held in float32.
 *
 * @throws HeadstartError E_ENCODER_INVALID, with the line, for a malformed row
 */
export async function loadWordVectors(file: EncoderFile, options: EncoderOptions = {}): Promise<Encoder> {
  const settings = staticSettings(file.name, options, { normalize: true, width: file.format.width });
  const { words, table, repeated, hash } = await readWordVectors(file, options.signal);
  const { pooling, normalize, maxTokens, prompt } = settings;
  const identity = [VECTOR_VERSION, hash, pooling, normalize, maxTokens, prompt];
  return staticEncoder(file, {
    settings: {
      ...settings,
      decisions: [
        ...file.decisions,
        `${count(words.size)} word vectors (${describeFormat(file.format)})`,
        ...(repeated === 0 ? [] : [`${repeated} repeated words left out`]),
        ...settings.decisions,
      ],
    },
    table,
    tokenizer: wordTokenizer(words, { maxTokens, prompt }),
    fingerprint: sha256(JSON.stringify(identity)),
  });
}

const describeFormat = ({ kind, rows }: WordVectorFormat): string =>
  kind === "binary" ? "word2vec, binary" : rows === undefined ? "GloVe" : "word2vec, text";

/** The words of a file, and the hash of its content, unpacked. */
async function readWordVectors(
  { path, format }: EncoderFile,
  signal: AbortSignal | undefined,
): Promise<WordVectors & { readonly hash: string }> {
  const hash = startSha256();
  const reader = rowReader(format, path);
  let skip = format.headerBytes;
  for await (const chunk of fileBytes(path)) {
    hash.update(chunk);
    const from = Math.min(skip, chunk.length);
    skip -= from;
    reader.read(chunk.subarray(from), false);
    await setImmediate(); // signals are heard between chunks
    signal?.throwIfAborted();
  }
  reader.read(Buffer.alloc(0), true);
  const read = reader.done();
  if (read.table.rows > 0) return { ...read, hash: hash.digest("hex") };
  throw new HeadstartError("E_ENCODER_INVALID", `${path} holds no word vectors. Fetch the file again`, { file: path });
}
