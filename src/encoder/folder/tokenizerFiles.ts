import { join } from "node:path";
import { z } from "zod";
import { bertTokenizer, type VocabularySettings } from "./bertVocabulary.js";
import type { EncoderFolder } from "./folder.js";
import { VOCABULARY_FILE } from "./requiredFiles.js";
import {
  checked,
  invalidSettings,
  MAX_TOKENIZER_BYTES,
  parseEncoderJson,
  readBytes,
  readSettingsFile,
} from "./settingsFile.js";
import { messageOf } from "../../errors.js";

const token = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]).nullish();
const specials = { unk_token: token, sep_token: token, pad_token: token, cls_token: token, mask_token: token };
const flag = z.boolean().nullish();
const TokenizerConfig = z.object({
  ...specials,
  tokenizer_class: z.string().nullish(),
  do_lower_case: flag,
  strip_accents: flag,
  tokenize_chinese_chars: flag,
});
const SpecialTokens = z.object(specials);

/**
 * The contents of an encoder's tokenizer.json, or of one that is made of BERT's vocabulary, and the bytes that say all of
 * it.
 *
 * @param file  relative to the encoder's folder
 * @throws HeadstartError E_ENCODER_INVALID when it is no tokenizer
 */
export async function readTokenizerJson(
  folder: EncoderFolder,
  file: string,
): Promise<{ readonly json: unknown; readonly bytes: Uint8Array }> {
  const path = join(folder.path, file);
  const bytes = checked(await readBytes(path, MAX_TOKENIZER_BYTES), path);
  if (file !== VOCABULARY_FILE) return { json: parseEncoderJson(bytes, path), bytes };
  const config = await readSettingsFile(folder, "tokenizer_config.json", TokenizerConfig);
  const others = await readSettingsFile(folder, "special_tokens_map.json", SpecialTokens);
  const json = madeOf(new TextDecoder().decode(bytes), { ...others, ...stated(config ?? {}) }, path);
  return { json, bytes: Buffer.from(JSON.stringify(json)) };
}

function madeOf(vocabulary: string, settings: VocabularySettings, path: string): object {
  try {
    return bertTokenizer(vocabulary, settings);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw invalidSettings(path, messageOf(cause), cause);
  }
}

const stated = (settings: object): object =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null && value !== undefined));
