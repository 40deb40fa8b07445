/**
 * Gives the memory of numbers that nobody needs any more back at once, with the whole buffer they are in: the collector
 * does not feel their weight, and might leave them for the rest of the run.
 */
export function releaseBytes({ buffer }: ArrayBufferView): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(buffer, [buffer as ArrayBuffer]);
  port1.close();
  port2.close();
}
