import type { Encoder } from "../encoder/encoder.js";
import { HeadstartError } from "../errors.js";
import { reportReading } from "./reading.js";
import type { HeadFile } from "../head/file/schema.js";
import { createPipeline } from "../pipeline/load.js";
import { openHeadEncoder } from "../pipeline/openEncoder.js";
import type { EncodedCounts, Pipeline } from "../pipeline/pipeline.js";
import type { AnyHead } from "../pipeline/readHead.js";
import { counted } from "../text/numbers.js";
import { openCache, openEncoder, type Context } from "./context.js";
import { embedOptions, type EncoderFlags, type GlobalFlags } from "./flags/options.js";
import { relativeName } from "../encoder/folder/modelFile.js";

/**
 * A head as a pipeline that opens its encoder when it is first needed; flags that make it another one are refused.
 *
 * @throws HeadstartError E_HEAD_MISMATCH
 */
export function openPipeline(
  context: Context,
  head: AnyHead,
  { name, flags }: { readonly name: string; readonly flags: EncoderFlags & GlobalFlags },
): Pipeline {
  refuseOtherSettings(flags, head.file.encoder);
  return createPipeline(head, {
    name,
    encoder: () => openEncoderOf(context, head, flags),
    openCache: (owner) => openCache(context, flags, owner),
    embedding: embedOptions(flags),
    threads: flags.threads,
  });
}

/** The encoder of a head, or the one that the flags name if it is the same. @throws HeadstartError E_HEAD_MISMATCH */
export const openEncoderOf = (context: Context, head: AnyHead, flags: EncoderFlags & GlobalFlags): Promise<Encoder> =>
  openHeadEncoder(head, {
    name: flags.encoder,
    open: (encoder, settings) => openEncoder(context, flags, { name: encoder, ...settings }),
  });

/** What of an encoder's settings a head was trained with; those that it has no use for are left out. */
type OwnSettings = Partial<Omit<HeadFile["encoder"], "name" | "fingerprint" | "width">>;

/**
 * Refuses flags that would make the encoder another one than the head was trained with.
 *
 * @throws HeadstartError E_HEAD_MISMATCH naming the first
 */
export function refuseOtherSettings(flags: EncoderFlags, own: OwnSettings): void {
  const asked: readonly (readonly [flag: string, asked: unknown, own: unknown])[] = [
    ["--model-file", flags.modelFile && relativeName(flags.modelFile), own.modelFile],
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

/** Says what the encoder had to do for texts, as far as people want to know it. */
export function reportEncoded(
  context: Context,
  counts: EncodedCounts,
  { what, encoder }: { readonly what: string; readonly encoder: Pick<Encoder, "name" | "maxTokens"> },
): void {
  const { reporter } = context;
  const { texts, tokens, cached, hasCache, windowed = 0, cutWords = 0, reading } = counts;
  reportReading(context, reading, { encoder, use: "evaluate" });
  if (hasCache)
    reporter.info(`${what}: ${cached} of ${texts} from the cache, ${counted(tokens, "token")} through the encoder`);
  if (windowed > 0)
    reporter.info(`${counted(windowed, "sentence")} longer than the encoder reads, taken in windows that overlap`);
  if (cutWords > 0)
    reporter.warn(`${counted(cutWords, "word")} without subwords, or with too many: their entities may be lost`);
}
