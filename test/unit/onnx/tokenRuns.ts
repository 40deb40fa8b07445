import type { EncoderPorts } from "../../../src/onnx/encoderGraph.js";
import type { Session } from "../../../src/onnx/session.js";

/** Hidden states of the real tokens of each text, `[tokens, width]`, from one run padded to `padTo` tokens. */
export async function hiddenOf(
  session: Session,
  ports: EncoderPorts,
  texts: readonly (readonly number[])[],
  padTo = Math.max(...texts.map((ids) => ids.length)),
): Promise<Float32Array[]> {
  const dims = [texts.length, padTo];
  const ids = new BigInt64Array(texts.length * padTo);
  const mask = new BigInt64Array(texts.length * padTo);
  texts.forEach((text, r) => {
    text.forEach((id, t) => (ids[r * padTo + t] = BigInt(id)));
    mask.fill(1n, r * padTo, r * padTo + text.length);
  });
  const inputs = new Map([
    [ports.ids, { data: ids, dims }],
    [ports.mask, { data: mask, dims }],
    ...(ports.segments === undefined ? [] : [[ports.segments, { data: new BigInt64Array(ids.length), dims }] as const]),
  ]);
  const hidden = (await session.run(inputs, [ports.hidden])).get(ports.hidden)!;
  const width = hidden.dims[2];
  return texts.map((text, r) =>
    Float32Array.from(hidden.data.subarray(r * padTo * width, (r * padTo + text.length) * width)),
  );
}

/** Token ids of `n` texts of 1 to `longest` tokens, the same every time. */
export const someTexts = (n: number, longest: number, vocabulary = 190): number[][] =>
  Array.from({ length: n }, (_, i) =>
    Array.from({ length: 1 + ((i * 7) % longest) }, (_, t) => (i * 31 + t * 17 + ((i * t) % 13)) % vocabulary),
  );
