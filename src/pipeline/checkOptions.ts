import { HeadstartError } from "../errors.js";
import { OPTIONS } from "./optionSchemas.js";

/**
 * Checks options at run time; one that is undefined counts as left out.
 *
 * @param of  whose they are
 * @throws HeadstartError E_USAGE naming the first option that is unknown, has no effect, or is not what it may be
 */
export function checkOptions(of: keyof typeof OPTIONS, options: object): void {
  if (typeof options !== "object" || options === null) {
    throw new HeadstartError("E_USAGE", `Cannot use ${String(options)} as options of ${of}. Give an object`);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const checked = OPTIONS[of].safeParse(Object.fromEntries(given));
  if (checked.success) return;
  const [issue] = checked.error.issues;
  const at = issue.path.join(".");
  const unknown = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]].join(".") : undefined;
  const found =
    unknown !== undefined ? `there is no option ${unknown}` : at === "" ? issue.message : `${at}: ${issue.message}`;
  throw new HeadstartError("E_USAGE", `Cannot use the options of ${of}: ${found}. See its types for what there is`);
}
