import { HeadstartError } from "../errors.js";
import type { Encoder } from "../encoder/encoder.js";
import { requireSameEncoder } from "../head/file/folder.js";
import type { HeadFile } from "../head/file/schema.js";
import { openEncoder, type Context } from "./context.js";
import { defined, type EncoderFlags, type GlobalFlags } from "./flags/options.js";

/**
 * Loads the encoder that a head was trained with, settings and all; flags that make it another one are refused.
 *
 * @throws HeadstartError E_HEAD_MISMATCH
 */
export async function openHeadEncoder(
  context: Context,
  file: Pick<HeadFile, "encoder">,
  flags: EncoderFlags & GlobalFlags,
): Promise<Encoder> {
  const { name, pooling, normalize, maxTokens, prompt, precision, layer } = file.encoder;
  const settings = {
    name: flags.encoder ?? name,
    pooling: flags.pooling ?? pooling,
    normalize: flags.normalize === false ? false : normalize,
    maxTokens: flags.maxTokens ?? maxTokens,
    prompt: flags.prompt ?? prompt,
    precision: flags.precision ?? precision,
    ...defined({ layer: flags.layer ?? layer ?? undefined }),
  };
  const encoder = await openEncoder(context, flags, settings).catch((error: unknown) => {
    throw flags.encoder !== undefined && isAboutSettings(error) ? unfit(file, flags.encoder, error) : error;
  });
  try {
    requireSameEncoder(file, encoder);
  } catch (error) {
    await encoder.close();
    throw error;
  }
  return encoder;
}

const isAboutSettings = (error: unknown): error is HeadstartError =>
  error instanceof HeadstartError && (error.code === "E_ENCODER_UNSUPPORTED" || error.code === "E_USAGE");

/** An encoder that cannot even do what the head's own does; the user did not ask for those settings. */
function unfit({ encoder }: Pick<HeadFile, "encoder">, name: string, cause: HeadstartError): HeadstartError {
  return new HeadstartError(
    "E_HEAD_MISMATCH",
    `The head was trained on vectors of ${encoder.name} (${encoder.pooling} pooling, ${encoder.maxTokens} tokens, ` +
      `${encoder.precision}), which ${name} cannot give: ${cause.message}. ` +
      `Use that encoder, or train the head again`,
    { cause },
  );
}
