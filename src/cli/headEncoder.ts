import type { Encoder } from "../encoder/encoder.js";
import { requireSameEncoder } from "../head/headFolder.js";
import type { HeadFile } from "../head/headFile.js";
import { openEncoder, type Context } from "./context.js";
import { defined, type EncoderFlags, type GlobalFlags } from "./options.js";

/**
 * Loads the encoder that a head was trained with, settings and all; flags that make it another one are refused.
 *
 * @throws HeadstartError E_HEAD_MISMATCH
 */
export async function openHeadEncoder(
  context: Context,
  file: HeadFile,
  flags: EncoderFlags & GlobalFlags,
): Promise<Encoder> {
  const { name, pooling, normalize, maxTokens, prompt, precision, layer } = file.encoder;
  const encoder = await openEncoder(context, flags, {
    name: flags.encoder ?? name,
    pooling: flags.pooling ?? pooling,
    normalize: flags.normalize === false ? false : normalize,
    maxTokens: flags.maxTokens ?? maxTokens,
    prompt: flags.prompt ?? prompt,
    precision: flags.precision ?? precision,
    ...defined({ layer: flags.layer ?? layer ?? undefined }),
  });
  try {
    requireSameEncoder(file, encoder);
  } catch (error) {
    await encoder.close();
    throw error;
  }
  return encoder;
}
