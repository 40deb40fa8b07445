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
  refuseOtherSettings(flags, file.encoder);
  const own = { pooling, normalize, maxTokens, prompt, precision, ...defined({ layer: layer ?? undefined }) };
  const settings = { name: flags.encoder ?? name, ...own };
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

/** What of an encoder's settings a head was trained with; those that it has no use for are left out. */
type OwnSettings = Partial<Omit<HeadFile["encoder"], "name" | "fingerprint" | "width">>;

/**
 * Refuses flags that would make the encoder another one than the head was trained with.
 *
 * @throws HeadstartError E_HEAD_MISMATCH naming the first
 */
export function refuseOtherSettings(flags: EncoderFlags, own: OwnSettings): void {
  const asked: readonly (readonly [flag: string, asked: unknown, own: unknown])[] = [
    ["--pooling", flags.pooling, own.pooling],
    ["--no-normalize", flags.normalize === false ? false : undefined, own.normalize],
    ["--layer", flags.layer, own.layer],
    ["--max-tokens", flags.maxTokens, own.maxTokens],
    ["--prompt", flags.prompt, own.prompt],
    ["--precision", flags.precision, own.precision],
  ];
  const other = asked.find(([, wanted, trained]) => wanted !== undefined && wanted !== trained);
  if (other === undefined) return;
  const [flag, , trained] = other;
  const none = trained === undefined || trained === null;
  const setting = flag === "--no-normalize" ? "vectors of length 1" : JSON.stringify(trained);
  const has = none ? "without it" : `with ${setting}`;
  throw new HeadstartError(
    "E_HEAD_MISMATCH",
    `${flag} does not fit the head, which was trained ${has}. Leave it out, or train the head again with it`,
  );
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
