import { partsOf } from "./parts.js";
import { UnreadSetting, type PostProcessorSettings } from "./settings.js";

/** Special tokens in front of a text and behind it. */
export interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * What the post-processor of a `tokenizer.json` puts around a text.
 *
 * @param idOf  of a token in the file, for templates that do not say it themselves
 * @throws Error as a clause
 */
export function readTemplate(part: unknown, idOf: (token: string) => number | undefined): Frame {
  const frames = partsOf(part, "post_processor", "processors")
    .map(([, own]) => frameOf(own as PostProcessorSettings, idOf))
    .filter((frame) => frame !== undefined);
  // The reference takes what the first has put together for several texts.
  if (frames.length > 1) throw new UnreadSetting('its "post_processor", a sequence of several templates,');
  return frames[0] ?? { before: [], after: [] };
}

function frameOf(part: PostProcessorSettings, idOf: (token: string) => number | undefined): Frame | undefined {
  switch (part.type) {
    case "Sequence":
    case "ByteLevel":
      return undefined;
    case "BertProcessing":
    case "RobertaProcessing":
      return { before: [specialOf(part.cls)], after: [specialOf(part.sep)] };
    case "TemplateProcessing":
      return templateFrame(part, idOf);
    default:
      throw new UnreadSetting(`its post-processor ${JSON.stringify(part.type)}`);
  }
}

function specialOf(named: PostProcessorSettings["cls"]): number {
  if (named === null || named === undefined) throw new SyntaxError('"post_processor" lacks "cls" or "sep"');
  return named[1];
}

function templateFrame(part: PostProcessorSettings, idOf: (token: string) => number | undefined): Frame {
  const [before, after]: [number[], number[]] = [[], []];
  let side: number[] = before;
  for (const item of part.single ?? []) {
    if ("Sequence" in item) {
      if (item.Sequence.id === "B") throw new SyntaxError("its template for one text has a second one");
      side = after;
    } else side.push(...idsOfSpecial(item.SpecialToken.id));
  }
  if (side === before) throw new SyntaxError("its template leaves out the text");
  return { before, after };

  function idsOfSpecial(token: string): readonly number[] {
    const named = part.special_tokens ?? {};
    if (Object.hasOwn(named, token)) return named[token].ids;
    const id = idOf(token);
    if (id === undefined) throw new SyntaxError("its template names tokens that it does not have");
    return [id];
  }
}
