import { totalmem } from "node:os";
import { parseSize } from "./flags/bytes.js";

/** Of the memory that there is, what one command may have before it is ended instead of the machine being slowed down. */
const SHARE = 0.9;

/**
 * Bytes that the process may take: what HEADSTART_MAX_MEMORY says, else most of what the machine, or the container that it
 * runs in, has. Undefined where that variable is no size.
 */
export function memoryLimit(env: NodeJS.ProcessEnv): number | undefined {
  const asked = env["HEADSTART_MAX_MEMORY"] ?? "";
  if (asked !== "") return parseSize(asked);
  const constrained = process.constrainedMemory();
  // Without a limit it is 0 or larger than any machine.
  const there = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return SHARE * there;
}
