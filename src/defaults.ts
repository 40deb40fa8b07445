/** Options with every field there. */
export type Complete<T> = { [K in keyof T]-?: Exclude<T[K], undefined> };

/** Options where those that have a default are there. */
export type WithDefaults<D, O> = Omit<O, keyof D> & {
  readonly [K in keyof D]-?: K extends keyof O ? Exclude<O[K], undefined> : D[K];
};

/**
 * The options, with the defaults for those that are left out or undefined.
 *
 * @example
 * withDefaults({ folds: 5, seed: 1 }, { folds: undefined, seed: 7 }); // { folds: 5, seed: 7 }
 */
export function withDefaults<D extends object, O extends object>(defaults: D, options: O): WithDefaults<D, O> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as WithDefaults<D, O>;
}
