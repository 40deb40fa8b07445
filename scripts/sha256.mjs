// @ts-check
import { createHash } from "node:crypto";

/** SHA-256 in lower-case hex digits. @param {Uint8Array | string} content */
export const sha256 = (content) => createHash("sha256").update(content).digest("hex");
