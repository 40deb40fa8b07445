import { HeadstartError } from "../../errors.js";
import type { EncoderPooling } from "../encoder.js";
import type { EncoderFolder } from "./folder.js";
import { poolingOf, unsupported, type Modules } from "./modules.js";

/** What a model can give, by its graph. */
export interface ModelOutputs {
  /** Name of the output with vectors of whole texts, which the model makes itself; undefined where there is none. */
  readonly ofTexts: string | undefined;
  /** Whether it gives token vectors. */
  readonly ofTokens: boolean;
}

interface Choice<T> {
  readonly value: T;
  /** What was decided and on whose word. */
  readonly decision: string;
}

/**
 * How a text's vector is made: as asked, else as the files say, else by the model itself where it has an output for that,
 * else by the mean. What the files ask for and is not done here is left to the model, whose graph has all of it.
 *
 * @throws HeadstartError E_ENCODER_UNSUPPORTED when neither is possible
 */
export function choosePooling(
  folder: EncoderFolder,
  modules: Modules,
  { asked, outputs }: { readonly asked: EncoderPooling | undefined; readonly outputs: ModelOutputs },
): Choice<EncoderPooling> {
  const { ofTexts, ofTokens } = outputs;
  const { pooling: module, refusal } = modules;
  if (asked === "model" && ofTexts === undefined) throw noOutputOfTexts(folder);
  if (asked !== undefined) {
    if (asked !== "model" && refusal !== undefined) throw refusal;
    const own = module === undefined ? "" : `; ${module.file} says ${module.modes.join(" and ")}`;
    return {
      value: asked,
      decision: asked === "model" ? byModel(ofTexts, "asked for") : `pooling ${asked} (asked for${own})`,
    };
  }
  const stated = module && poolingOf(module);
  if (module !== undefined && stated !== undefined && ofTokens) {
    const unused =
      ofTexts === undefined ? "" : `; the model's own output "${ofTexts}" is not used, --pooling model takes it`;
    return { value: stated, decision: `pooling ${stated} (${module.file}${unused})` };
  }
  if (ofTexts !== undefined) {
    const why =
      module === undefined ? whyUnstated(folder, refusal) : `${module.file} says ${module.modes.join(" and ")}`;
    return { value: "model", decision: byModel(ofTexts, why) };
  }
  if (refusal !== undefined) throw refusal;
  if (module !== undefined && stated === undefined) {
    const found = `${module.file} asks for pooling ${module.modes.join(" and ")}; mean, cls and max are done, one at a time`;
    throw unsupported(folder, found);
  }
  if (module === undefined && folder.files.includes("modules.json"))
    throw unsupported(folder, "modules.json has no Pooling", "Choose another encoder, or give --pooling");
  return {
    value: stated ?? "mean",
    decision: `pooling ${stated ?? "mean"} (${module?.file ?? "assumed: no modules.json"})`,
  };
}

const byModel = (output: string | undefined, why: string): string =>
  `vectors of the model's own output "${output}" (${why})`;

const whyUnstated = ({ files }: EncoderFolder, refusal: HeadstartError | undefined): string =>
  refusal !== undefined
    ? "which has all steps of modules.json"
    : files.includes("modules.json")
      ? "modules.json has no Pooling"
      : "no file says how to pool";

const noOutputOfTexts = ({ name, path }: EncoderFolder): HeadstartError =>
  new HeadstartError(
    "E_ENCODER_UNSUPPORTED",
    `Cannot take --pooling model of ${name}: the model has no output with vectors of whole texts, such as ` +
      `"sentence_embedding". Leave --pooling out, or choose mean, cls or max`,
    { file: path },
  );

/** Whether vectors are scaled to length 1: as asked, else as the files say; those that the model makes are left as they are. */
export function chooseNormalize(
  { normalize: own, refusal }: Modules,
  { asked, pooling }: { readonly asked: boolean | undefined; readonly pooling: EncoderPooling },
): Choice<boolean> {
  const isMade = pooling === "model";
  const value = asked ?? own ?? !isMade;
  const word = value ? "normalized to length 1" : "not normalized";
  const assumed = isMade ? "as the model gives them" : refusal === undefined ? "assumed: no modules.json" : "assumed";
  const why = asked !== undefined ? "asked for" : own === undefined ? assumed : "modules.json";
  return { value, decision: `vectors ${word} (${why})` };
}
