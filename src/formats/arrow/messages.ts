import { checkMetadata, type ArrowHeader } from "./metadata.js";
import { ARROW_MARK, fileKind } from "../signature.js";

const CONTINUATION = 0xffffffff;
/** Ends a stream. */
export const END_MARK: Uint8Array = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);
/** No schema of sense is longer. */
const MOST_METADATA = 2 ** 28;
/** Of a batch; typed arrays end soon after. */
const MOST_BODY = 2 ** 32;

interface ArrowMessage extends ArrowHeader {
  /** The message as it stood: its length, its metadata and its body. */
  readonly bytes: Uint8Array;
}

/**
 * Cuts the bytes of an Arrow IPC stream into messages that are complete and whose metadata is sound. Memory is bounded
 * by the longest message that the bytes really hold, whatever they declare.
 *
 * The stream must end with its end mark, since one that was cut between two messages looks complete otherwise.
 *
 * @throws Error saying, as a clause, what is wrong
 */
export async function* arrowMessages(source: AsyncIterable<Uint8Array>): AsyncGenerator<ArrowMessage> {
  const bytes = new ByteQueue(source);
  try {
    const start = await bytes.peek(ARROW_MARK.length);
    if (start.length === 0) throw new Error("it is empty");
    if (fileKind(start) === "an Arrow file") throw new Error("it is an Arrow file, not a stream");
    for (let number = 1; ; number++) {
      const message = await nextMessage(bytes, number);
      if (message === undefined) break;
      yield message;
    }
    if ((await bytes.take(1)).length > 0) throw new Error("it goes on after its end mark");
  } finally {
    await bytes.close();
  }
}

/** @returns undefined at the end mark */
async function nextMessage(bytes: ByteQueue, number: number): Promise<ArrowMessage | undefined> {
  const prefix = await bytes.take(4);
  // Streams of before 2019 have no continuation mark in front of the length.
  const marked = prefix.length === 4 && prefix.readUInt32LE(0) === CONTINUATION;
  const length = marked ? await bytes.take(4) : prefix;
  if (length.length < 4) throw cut(number);
  const metadataBytes = length.readUInt32LE(0);
  if (metadataBytes === 0) return undefined;
  if (metadataBytes > MOST_METADATA) {
    throw new Error(
      number === 1 ? "it does not start as an Arrow stream does" : "it is damaged: a length is too large",
    );
  }
  const metadata = await bytes.take(metadataBytes);
  if (metadata.length < metadataBytes) throw cut(number);
  const header = checkMetadata(metadata);
  if (header.bodyBytes > MOST_BODY) throw new Error("it holds a batch of more than 4 GiB. Write smaller batches");
  const body = await bytes.take(header.bodyBytes);
  if (body.length < header.bodyBytes) throw cut(number);
  return { ...header, bytes: Buffer.concat(marked ? [prefix, length, metadata, body] : [length, metadata, body]) };
}

const cut = (number: number): Error => new Error(`it is cut off: it ends in or before its message ${number}`);

/** Takes so many bytes at a time from a source that gives them as it likes. */
class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, fewer where the source ends; they stay. */
  async peek(count: number): Promise<Buffer> {
    const taken = await this.take(count);
    if (taken.length > 0) this.#held.unshift(taken);
    this.#bytes += taken.length;
    return taken;
  }

  /** The next `count` bytes, fewer where the source ends. */
  async take(count: number): Promise<Buffer> {
    while (this.#bytes < count && !this.#ended) {
      const { done, value } = await this.#source.next();
      if (done === true) this.#ended = true;
      else if (value.length > 0) this.#bytes += this.#held.push(value) && value.length;
    }
    const parts: Uint8Array[] = [];
    let wanted = Math.min(count, this.#bytes);
    this.#bytes -= wanted;
    let next = 0;
    for (; wanted > 0; next++) {
      const piece = this.#held[next].subarray(0, wanted);
      parts.push(piece);
      wanted -= piece.length;
      if (piece.length < this.#held[next].length) {
        this.#held[next] = this.#held[next].subarray(piece.length);
        break;
      }
    }
    this.#held = this.#held.slice(next);
    return Buffer.concat(parts);
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
