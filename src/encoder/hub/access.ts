import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { HeadstartError } from "../../errors.js";

/** Where the hub and its cache are, from the environment variables that Hugging Face's own programs read. */
interface HubSettings {
  /** Address without a slash at the end: `HF_ENDPOINT`, or https://huggingface.co. */
  readonly endpoint: string;
  /** Absolute path: `HF_HUB_CACHE`, else `HF_HOME/hub`, else `XDG_CACHE_HOME/huggingface/hub`, else below `~/.cache`. */
  readonly cache: string;
  /** `HF_TOKEN`; sent to the endpoint's own origin alone. */
  readonly token?: string | undefined;
  /** `HF_HUB_OFFLINE` is 1, true, yes or on. */
  readonly offline: boolean;
}

/** @throws HeadstartError E_USAGE when HF_ENDPOINT is no http address or HF_TOKEN cannot be a token */
export function hubSettings(env: NodeJS.ProcessEnv): HubSettings {
  const token = tokenOf(env);
  return {
    endpoint: endpointOf(env),
    cache: hubCacheFolder(env),
    token,
    offline: /^(1|true|yes|on)$/i.test(env["HF_HUB_OFFLINE"]?.trim() ?? ""),
  };
}

/** The hub's cache folder, absolute; it need not exist. */
export function hubCacheFolder(env: NodeJS.ProcessEnv): string {
  const home = env["HF_HOME"] || join(env["XDG_CACHE_HOME"] || join(homeFolder(env), ".cache"), "huggingface");
  return expandHome(env["HF_HUB_CACHE"] || join(home, "hub"), env);
}

/** An absolute path; `~` and `~/...` lie in the user's home folder. */
export function expandHome(path: string, env: NodeJS.ProcessEnv): string {
  return resolve(/^~(?=$|[\\/])/.test(path) ? join(homeFolder(env), path.slice(1)) : path);
}

const homeFolder = (env: NodeJS.ProcessEnv): string =>
  (process.platform === "win32" ? env["USERPROFILE"] : env["HOME"]) || homedir();

function endpointOf(env: NodeJS.ProcessEnv): string {
  const text = env["HF_ENDPOINT"]?.trim() || "https://huggingface.co";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new HeadstartError(
      "E_USAGE",
      "Cannot use HF_ENDPOINT: it is not an http or https address without user name. Set it to one, or unset it",
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function tokenOf(env: NodeJS.ProcessEnv): string | undefined {
  const token = env["HF_TOKEN"]?.trim();
  if (token === undefined || token === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new HeadstartError("E_USAGE", "Cannot use HF_TOKEN: it holds characters that no token has. Set it again");
  }
  return token;
}
