import type { Command } from "commander";
import { HeadstartError } from "../../errors.js";
import type { Reporter } from "../progress.js";
import { idleFlags, type Parsed } from "./commandUse.js";
import { written } from "./flagUse.js";

/**
 * Refuses a flag that does nothing on this command line, whatever the kind of head; warns of one that is to be accepted.
 *
 * @throws HeadstartError E_USAGE naming the first
 */
export function refuseIdle(command: Command, reporter: Pick<Reporter, "warn">): void {
  const parsed = parsedOf(command);
  const idle = idleFlags(parsed);
  const refused = idle.find(({ isInContract }) => !isInContract);
  if (refused !== undefined) {
    throw new HeadstartError(
      "E_USAGE",
      `${written(refused.name, parsed.flags[refused.name])} does nothing ${refused.because}. Leave it out`,
    );
  }
  for (const { name, because } of idle) reporter.warn(`${written(name, parsed.flags[name])} does nothing ${because}`);
}

function parsedOf(command: Command): Parsed {
  const flags = command.opts<Record<string, unknown>>();
  const given = Object.keys(flags).filter((name) => command.getOptionValueSource(name) === "cli");
  return { command: command.name(), operands: command.args, flags, given };
}
