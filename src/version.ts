import { createRequire } from "node:module";

/** Version of headstart, from package.json; src and dist both lie one below the package's root. */
export const VERSION: string = (createRequire(import.meta.url)("../package.json") as { version: string }).version;
