import { encoderPorts, type EncoderPorts } from "../../../src/onnx/model/encoderGraph.js";
import { writeModel, type OnnxModel } from "../../../src/onnx/model/model.js";
import { openSession, type SessionOutput, type RunInputs, type Session } from "../../../src/onnx/runtime/session.js";

/** The inputs of an encoder for some texts, padded to `padTo` tokens. */
function paddedInputs(ports: EncoderPorts, texts: readonly (readonly number[])[], padTo: number): RunInputs {
  const dims = [texts.length, padTo];
  const ids = new BigInt64Array(texts.length * padTo);
  const mask = new BigInt64Array(texts.length * padTo);
  texts.forEach((text, r) => {
    text.forEach((id, t) => (ids[r * padTo + t] = BigInt(id)));
    mask.fill(1n, r * padTo, r * padTo + text.length);
  });
  return new Map([
    [ports.ids, { data: ids, dims }],
    [ports.mask, { data: mask, dims }],
    ...(ports.segments === undefined ? [] : [[ports.segments, { data: new BigInt64Array(ids.length), dims }] as const]),
  ]);
}

const longest = (texts: readonly (readonly number[])[]): number => Math.max(...texts.map((ids) => ids.length));

/** What a model gives for padded texts, by default its hidden states, `[texts, tokens, width]`. */
export async function paddedRun(
  model: OnnxModel,
  texts: readonly (readonly number[])[],
  wanted?: string,
): Promise<SessionOutput> {
  const session = await openSession(writeModel(model));
  const ports = encoderPorts(model, "model");
  const output = wanted ?? ports.hidden;
  const found = (await session.run(paddedInputs(ports, texts, longest(texts)), [output])).get(output)!;
  await session.close();
  return { data: found.data, dims: [...found.dims] };
}

/** Hidden states of the real tokens of each text, `[tokens, width]`, from one run padded to `padTo` tokens. */
export async function hiddenOf(
  session: Session,
  ports: EncoderPorts,
  texts: readonly (readonly number[])[],
  padTo = longest(texts),
): Promise<Float32Array[]> {
  const hidden = (await session.run(paddedInputs(ports, texts, padTo), [ports.hidden])).get(ports.hidden)!;
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

export function largestDifference(one: SessionOutput, other: SessionOutput): number {
  if (String(one.dims) !== String(other.dims)) throw new Error(`[${one.dims}] is not [${other.dims}]`);
  return Array.from(one.data).reduce((most, x, i) => Math.max(most, Math.abs(x - other.data[i])), 0);
}
