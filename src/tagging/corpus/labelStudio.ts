import { isObject, type Fields } from "./spanForms.js";

/** What annotators marked in a task. */
export interface LabelStudioResults {
  /** As they are written. */
  readonly spans: readonly unknown[];
  /** Whether there are other annotations that count as well as this one. */
  readonly hasSeveral: boolean;
}

/**
 * The first annotation of a task of Label Studio that was not canceled; why it has none; undefined for a row that is no
 * task.
 */
export function labelStudioResults(row: Fields): LabelStudioResults | string | undefined {
  const all = row["annotations"] ?? row["completions"];
  if (!isObject(row["data"]) || !Array.isArray(all)) return undefined;
  if (all.length === 0) return "it has no annotation";
  const own = all.filter(
    (one) => isObject(one) && one["was_cancelled"] !== true && one["skipped"] !== true,
  ) as Fields[];
  if (own.length === 0) return "its annotation was canceled";
  const [{ result }] = own;
  const results = Array.isArray(result) ? result.filter(isObject) : [];
  return { spans: results.flatMap(({ value }) => (isObject(value) ? labeled(value) : [])), hasSeveral: own.length > 1 };
}

/** The value of a result if it puts labels on something; others are choices for the whole text, ratings, relations. */
function labeled(value: Fields): readonly unknown[] {
  const name = Object.keys(value).find((key) => key.endsWith("labels"));
  return name === undefined ? [] : [{ ...value, labels: value[name] }];
}

/** The text of a task: `text`; the only string there is; or the only one in which each span holds what it says. */
export function labelStudioText(data: unknown, spans: readonly unknown[]): string | undefined {
  if (!isObject(data)) return undefined;
  if (typeof data["text"] === "string") return data["text"];
  const texts = Object.values(data).filter((value) => typeof value === "string");
  if (texts.length === 1) return texts[0];
  const fitting = spans.length === 0 ? [] : texts.filter((text) => spans.every((span) => isHeld(span, text)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Whether a text has at the place of a span what the span says. */
const isHeld = (span: unknown, text: string): boolean =>
  isObject(span) &&
  typeof span["text"] === "string" &&
  span["text"] === text.slice(Number(span["start"]), Number(span["end"]));
