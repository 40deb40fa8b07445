import { HeadstartError, messageOf } from "../../errors.js";

/** How the hub is asked. */
export interface HubAccess {
  readonly endpoint: string;
  readonly token?: string | undefined;
  /** Aborts a request and the waiting between two. */
  readonly signal?: AbortSignal | undefined;
  /** Time in which something must come, or 16 KiB of a body, before a connection counts as cut. @default 10000 */
  readonly stallMs?: number | undefined;
  /** Wait before the first repetition; doubles each time. @default 500 */
  readonly retryDelayMs?: number | undefined;
}

/** No response, or one that says to come back later: worth another try, unlike a refusal. */
export class HubUnreachable extends Error {
  override readonly name = "HubUnreachable";
}

export interface Reply {
  readonly status: number;
  /** Of the last response. */
  readonly headers: Headers;
  /** ETag of the content, also where storage elsewhere delivers it; quotes and `W/` removed. */
  readonly etag: string | undefined;
  /** The body; a cut connection throws HubUnreachable. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** For a reply whose body is not wanted. */
  discard(): Promise<void>;
}

const MAX_REDIRECTS = 10;
/** A body that comes byte by byte would keep a download going for ever. */
const LEAST_BYTES = 16 * 1024;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Asks for one address, following redirects by hand: to http or https alone, never from https to http, and the token
 * goes to the endpoint's origin and nowhere else.
 *
 * @throws HubUnreachable when there is no response; HeadstartError E_HUB for a redirect that is refused
 */
export async function ask(method: "GET" | "HEAD", address: string, access: HubAccess): Promise<Reply> {
  const silence = watchSilence(access);
  try {
    return await follow(method, address, { access, silence });
  } catch (error) {
    silence.end();
    throw asUnreachable(error, access);
  }
}

interface Connection {
  readonly access: HubAccess;
  readonly silence: Silence;
}

async function follow(method: string, address: string, connection: Connection): Promise<Reply> {
  let [url, etag] = [new URL(address), undefined as string | undefined];
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await requestOnce(method, url, connection);
    etag ??= etagOf(response.headers);
    if (!REDIRECTS.includes(response.status)) return replyOf(response, etag, connection);
    await response.body?.cancel();
    url = redirectTarget(response.headers.get("location"), url);
  }
  throw new HeadstartError(
    "E_HUB",
    `Cannot fetch ${address}: more than ${MAX_REDIRECTS} redirects. Check HF_ENDPOINT`,
    {
      file: address,
    },
  );
}

async function requestOnce(method: string, url: URL, { access, silence }: Connection): Promise<Response> {
  const own = access.token !== undefined && url.origin === new URL(access.endpoint).origin;
  const response = await fetch(url, {
    method,
    redirect: "manual",
    // Compressed on the way, a file would have another length than the hub says.
    headers: { "accept-encoding": "identity", ...(own ? { authorization: `Bearer ${access.token}` } : {}) },
    signal: silence.signal,
  });
  silence.broken();
  return response;
}

function replyOf(response: Response, etag: string | undefined, { access, silence }: Connection): Reply {
  return {
    status: response.status,
    headers: response.headers,
    etag,
    async *chunks() {
      try {
        for await (const chunk of response.body ?? []) {
          silence.broken(chunk.length);
          yield chunk;
        }
      } catch (cause) {
        throw asUnreachable(cause, access);
      } finally {
        silence.end();
      }
    },
    async discard() {
      silence.end();
      await response.body?.cancel();
    },
  };
}

/** The first redirect of a large file has the content's own hash as X-Linked-Etag; its ETag is that of the pointer. */
function etagOf(headers: Headers): string | undefined {
  const linked = headers.get("x-linked-etag") ?? headers.get("etag");
  return linked?.replace(/^W\//, "").replace(/^"(.*)"$/, "$1");
}

function redirectTarget(location: string | null, from: URL): URL {
  const to = location !== null && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const known = to?.protocol === "https:" || (to?.protocol === "http:" && from.protocol === "http:");
  const safe = known && to.username === "" && to.password === "";
  if (to !== undefined && safe) return to;
  throw new HeadstartError(
    "E_HUB",
    `Cannot fetch ${withoutQuery(from)}: it redirects to ${to === undefined ? "no address" : withoutQuery(to)}, ` +
      "which is not followed. Check HF_ENDPOINT and what stands between here and the hub",
    { file: withoutQuery(from) },
  );
}

/** Signed addresses carry secrets in the query; they do not belong in a message. */
const withoutQuery = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;

interface Silence {
  readonly signal: AbortSignal;
  /** Something came, or so many bytes of a body: once that is enough, wait anew. */
  broken(bytes?: number): void;
  end(): void;
}

function watchSilence(access: HubAccess): Silence {
  const stallMs = access.stallMs ?? 10_000;
  const stalled = new AbortController();
  let came = 0;
  const stop = (): void => {
    const what = came === 0 ? "nothing" : `no more than ${came} bytes`;
    stalled.abort(new HubUnreachable(`${what} came for ${stallMs / 1000} s`));
  };
  const timer = setTimeout(stop, stallMs);
  return {
    signal: access.signal === undefined ? stalled.signal : AbortSignal.any([stalled.signal, access.signal]),
    broken(bytes = LEAST_BYTES) {
      came += bytes;
      if (came < LEAST_BYTES) return;
      came = 0;
      timer.refresh();
    },
    end: () => clearTimeout(timer),
  };
}

/** A refusal of ours and a caller's abort stay what they are; all else that fetch throws means: not reached. */
function asUnreachable(cause: unknown, access: HubAccess): unknown {
  if (access.signal?.aborted === true || cause instanceof HubUnreachable || cause instanceof HeadstartError)
    return cause;
  const inner = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const code = inner instanceof Error && "code" in inner ? String(inner.code) : "";
  const message = messageOf(inner);
  return new HubUnreachable([message, code].filter((part) => part !== "").join(" "), { cause });
}

/** Runs `attempt` again, from its start, while the hub is not reached: `tries` times in all. */
export async function withRetries<T>(attempt: () => Promise<T>, tries: number, access: HubAccess): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof HubUnreachable) || failed >= tries) throw error;
      await pause((access.retryDelayMs ?? 500) * 2 ** (failed - 1), access.signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, stop) => {
    const aborted = (): void => {
      clearTimeout(timer);
      stop(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      done();
    }, ms);
    signal?.addEventListener("abort", aborted, { once: true });
    if (signal?.aborted === true) aborted();
  });
}
