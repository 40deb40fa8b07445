// @ts-check
/** Fetches the public corpora into data/public. */

import { fileURLToPath } from "node:url";
import { main } from "./corpora/fetch.mjs";
import { CORPORA } from "./corpora/sources.mjs";

const outputDir = fileURLToPath(new URL("../data/public", import.meta.url));
process.exitCode = await main(process.argv.slice(2), { corpora: CORPORA, outputDir, env: process.env });
