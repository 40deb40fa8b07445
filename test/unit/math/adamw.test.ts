import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { adamwInto, adamwRowsInto, parameter } from "../../../src/math/adamw.js";
import { KERNEL_SOURCE } from "../../../src/math/adamwKernel.js";

describe("adamwInto", () => {
  it("moves by the rate against the sign of a first gradient, whatever its size", () => {
    const { values } = stepped([1, 1, 1], { gradients: [[1e-3, -5, 0]], learningRate: 0.1 });
    [0.9, 1.1, 1].forEach((wanted, i) => expect(values[i]).toBeCloseTo(wanted, 4));
  });

  it("takes away rate times weight decay of what decays, beside the gradient and not through it", () => {
    const still = { gradients: [[0], [0]], learningRate: 0.1, weightDecay: 0.5 };
    expect(stepped([2], { ...still, isDecayed: true }).values[0]).toBeCloseTo(2 * 0.95 ** 2, 5);
    expect(stepped([2], still).values[0]).toBe(2);
  });

  it("follows the running means of gradients and their squares", () => {
    const gradients = [1, -3, 2];
    let [mean, square, wanted] = [0, 0, 0];
    gradients.forEach((g, i) => {
      mean = 0.9 * mean + 0.1 * g;
      square = 0.999 * square + 0.001 * g * g;
      wanted -= (0.01 * mean) / (1 - 0.9 ** (i + 1)) / (Math.sqrt(square / (1 - 0.999 ** (i + 1))) + 1e-8);
    });
    const { values } = stepped([0], { gradients: gradients.map((g) => [g]), learningRate: 0.01 });
    expect(values[0]).toBeCloseTo(wanted, 6);
  });

  it("moves the requested rows of a table, and leaves the others with their memory", () => {
    const table = parameter(Float32Array.of(1, 1, 1, 1), { isDecayed: true });
    adamwInto(table, Float32Array.of(4, -4), { number: 1, learningRate: 0.1, weightDecay: 0.5, from: 2 });
    expect([...table.values.subarray(0, 2), ...table.first.subarray(0, 2)]).toEqual([1, 1, 0, 0]);
    expect(table.values[2]).toBeCloseTo(0.85, 4);
    expect(table.values[3]).toBeCloseTo(1.05, 4);
  });

  it("gives a number the same step wherever it stands, in tables of any length", () => {
    for (const length of [1, 3, 4, 7, 2047, 2048, 2049, 5000]) {
      const gradient = (i: number): number => Math.sin(i % 5) + 0.1;
      const gradients = [1, 2].map((sign) => Array.from({ length }, (_, i) => sign * gradient(i)));
      const { values } = stepped(Array<number>(length).fill(0.5), { gradients, learningRate: 0.01, weightDecay: 0.1 });
      const alone = Array.from({ length: 5 }, (_, i) => {
        const own = { gradients: [[gradient(i)], [2 * gradient(i)]], learningRate: 0.01, weightDecay: 0.1 };
        return stepped([0.5], own).values[0];
      });
      expect(values.every((value, i) => value === alone[i % 5])).toBe(true);
    }
  });

  it("lets the running means fade to zero once there are no gradients", () => {
    const learned = stepped([1], { gradients: [[1], ...Array<number[]>(700).fill([0])], learningRate: 0.1 });
    expect(learned.first[0]).toBe(0);
    expect(learned.second[0]).toBeGreaterThan(0);
  });

  it("hands on a gradient that is no number", () => {
    for (const length of [1, 4]) {
      const { values } = stepped(Array<number>(length).fill(1), {
        gradients: [Array<number>(length).fill(NaN)],
        learningRate: 0.1,
      });
      expect(values.every(Number.isNaN)).toBe(true);
    }
  });

  it("refuses gradients beyond the end, which lie in other numbers' memory", () => {
    const learned = parameter(new Float32Array(4), { isDecayed: false });
    const step = { number: 1, learningRate: 0.1, weightDecay: 0, from: 3 };
    expect(() => adamwInto(learned, Float32Array.of(1, 1), step)).toThrow(RangeError);
  });
});

describe("the compiled step", () => {
  it("was made of adamw.wat as it is", async () => {
    const text = await readFile(new URL("../../../src/math/adamw.wat", import.meta.url));
    expect(createHash("sha256").update(text).digest("hex")).toBe(KERNEL_SOURCE);
  });
});

interface Steps {
  readonly gradients: readonly (readonly number[])[];
  readonly learningRate: number;
  readonly weightDecay?: number;
  readonly isDecayed?: boolean;
}

function stepped(values: readonly number[], { gradients, learningRate, weightDecay = 0, isDecayed = false }: Steps) {
  const learned = parameter(Float32Array.from(values), { isDecayed });
  gradients.forEach((own, i) =>
    adamwInto(learned, Float32Array.from(own), { number: i + 1, learningRate, weightDecay }),
  );
  return learned;
}

describe("adamwRowsInto()", () => {
  it.each([1, 19, 700, 2048, 3000])("gives rows of %i numbers the step that each has by itself", (width) => {
    const rows = Int32Array.of(4, 0, 6, 2, 5);
    const table = (): ReturnType<typeof parameter> =>
      parameter(
        Float32Array.from({ length: 7 * width }, (_, i) => Math.sin(i)),
        { isDecayed: true },
      );
    const data = Float32Array.from({ length: rows.length * width }, (_, i) => Math.cos(i));
    const step = { number: 3, learningRate: 0.01, weightDecay: 0.1 };
    const [together, alone] = [table(), table()];
    adamwRowsInto(together, { rows, data }, step);
    rows.forEach((row, r) =>
      adamwInto(alone, data.subarray(r * width, (r + 1) * width), { ...step, from: row * width }),
    );
    for (const name of ["values", "first", "second"] as const) expect(together[name]).toEqual(alone[name]);
    expect(together.first[width]).toBe(0);
  });

  it("leaves a table alone where there are no rows", () => {
    const table = parameter(Float32Array.of(1, 2), { isDecayed: true });
    const none = { rows: new Int32Array(0), data: new Float32Array(0) };
    adamwRowsInto(table, none, { number: 1, learningRate: 1, weightDecay: 1 });
    expect([...table.values]).toEqual([1, 2]);
  });
});
