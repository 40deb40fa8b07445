import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withDefaults } from "../../src/defaults.js";

describe("withDefaults()", () => {
  it("takes what is given, also null, 0 and false, and the default for what is left out or undefined", () => {
    const defaults = { a: 1, b: "x" as string | null, c: true };
    expect(withDefaults(defaults, {})).toEqual(defaults);
    expect(withDefaults(defaults, { a: undefined, b: undefined, c: undefined })).toEqual(defaults);
    expect(withDefaults(defaults, { a: 0, b: null, c: false })).toEqual({ a: 0, b: null, c: false });
  });

  it("keeps all that has no default, and changes neither argument", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything()),
        fc.dictionary(fc.string(), fc.anything()),
        (defaults, options) => {
          const [one, two] = [{ ...defaults }, { ...options }];
          const filled: Readonly<Record<string, unknown>> = withDefaults(defaults, options);
          for (const name of Object.keys({ ...defaults, ...options })) {
            const given = Object.hasOwn(options, name) ? options[name] : undefined;
            expect(filled[name]).toBe(given === undefined ? defaults[name] : given);
          }
          expect([defaults, options]).toEqual([one, two]);
        },
      ),
    );
  });
});
