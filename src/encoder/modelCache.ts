/** A rewritten model that an earlier run has kept. */
export interface KeptModel {
  readonly file: string;
  /** What was said of it when it was kept. */
  readonly about: unknown;
}

/** Where rewritten models are kept between runs. */
export interface ModelStore {
  /** The model kept under `key`, whole and unchanged, or undefined. */
  get(key: string): Promise<KeptModel | undefined>;
  /** Keeps a model with what there is to say of it, which must survive JSON. */
  put(key: string, bytes: Uint8Array, about: unknown): Promise<KeptModel>;
}
