import type { Encoder, EncoderOptions } from "../encoder/encoder.js";
import { HeadstartError } from "../errors.js";
import { requireSameEncoder } from "../head/file/folder.js";
import { requireTaggerEncoder } from "../tagging/file/folder.js";
import type { AnyHead } from "./readHead.js";

/** Loads an encoder by its name. */
export type OpenEncoder = (name: string, options: EncoderOptions) => Promise<Encoder>;

/**
 * Loads the encoder that a head was trained with, settings and all.
 *
 * @param name  where it lies now; by default the name that the head has of it
 * @throws HeadstartError E_HEAD_MISMATCH when it is another encoder, and whatever loading throws
 */
export async function openHeadEncoder(
  head: AnyHead,
  { name, open }: { readonly name?: string | undefined; readonly open: OpenEncoder },
): Promise<Encoder> {
  const { name: own, modelFile } = head.file.encoder;
  const encoder = await open(name ?? own, settingsOf(head)).catch((error: unknown) => {
    if (modelFile !== undefined && isMissing(error, modelFile)) throw withoutModel(head, name ?? own, error);
    throw name !== undefined && isAboutSettings(error) ? cannotGive(head, name, error) : error;
  });
  try {
    if (head.kind === "tagger") requireTaggerEncoder(head.file, encoder);
    else requireSameEncoder(head.file, encoder);
  } catch (error) {
    await encoder.close();
    throw error;
  }
  return encoder;
}

/** Settings of the encoder that a head was trained with. */
function settingsOf(head: AnyHead): EncoderOptions {
  const { maxTokens, prompt, precision, modelFile } = head.file.encoder;
  if (head.kind === "tagger") {
    const { layers } = head.file.encoder;
    // Layer -1 stands for the only one, where a model does not name its layers.
    return { maxTokens, prompt, precision, modelFile, layers: layers[0] < 0 ? "spread" : layers };
  }
  const { pooling, normalize, layer } = head.file.encoder;
  return { pooling, normalize, maxTokens, prompt, precision, modelFile, ...(layer === null ? {} : { layer }) };
}

const isAboutSettings = (error: unknown): error is HeadstartError =>
  error instanceof HeadstartError && (error.code === "E_ENCODER_UNSUPPORTED" || error.code === "E_USAGE");

const isMissing = (error: unknown, file: string): error is HeadstartError =>
  error instanceof HeadstartError && error.code === "E_ENCODER_MISSING" && error.place.file === file;

/** An encoder without the ONNX file whose vectors the head was trained on. */
function withoutModel({ file }: AnyHead, name: string, cause: HeadstartError): HeadstartError {
  return new HeadstartError(
    "E_HEAD_MISMATCH",
    `The head was trained with ${file.encoder.modelFile} of ${file.encoder.name}, and ${name} has no such file. ` +
      `Put it back, name an encoder that has it with --encoder, or train the head again`,
    { cause },
  );
}

/** An encoder that cannot even do what the head's own does; the user did not ask for those settings. */
function cannotGive({ file }: AnyHead, name: string, cause: HeadstartError): HeadstartError {
  const { encoder } = file;
  const pooling = "pooling" in encoder ? `${encoder.pooling} pooling, ` : "";
  return new HeadstartError(
    "E_HEAD_MISMATCH",
    `The head was trained on vectors of ${encoder.name} (${pooling}${encoder.maxTokens} tokens, ${encoder.precision}), ` +
      `which ${name} cannot give: ${cause.message}. Use that encoder, or train the head again`,
    { cause },
  );
}
