/** A JSON value whose objects are maps: names keep their order, and `__proto__` is a name like any other. */
export type StrictJson = string | number | boolean | null | readonly StrictJson[] | ReadonlyMap<string, StrictJson>;

/** JSON numbers in full: no leading zero, no bare point. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A run of a string, which ends at its closing quote, before an escape, or where no string goes on. */
const RUN = /[^"\\\u0000-\u001f]*"?/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Parses JSON as `JSON.parse` does, except that a name that comes twice in an object is an error, and so is nesting
 * deeper than `maxDepth`.
 *
 * @throws SyntaxError saying what is wrong, as a clause: `the name "a" comes twice`
 */
export function parseStrictJson(text: string, maxDepth: number): StrictJson {
  const parser = new Parser(text, maxDepth);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  value(depth: number): StrictJson {
    if (depth > this.#maxDepth) throw new SyntaxError(`it is nested deeper than ${this.#maxDepth} levels`);
    this.#match(SPACE);
    const next = this.#text[this.#at];
    if (next === "{") return this.#object(depth);
    if (next === "[") return this.#array(depth);
    if (next === '"') return this.#string();
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    const number = this.#match(NUMBER);
    if (number === undefined) throw this.#unexpected();
    return Number(number);
  }

  end(): void {
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#unexpected();
  }

  #object(depth: number): ReadonlyMap<string, StrictJson> {
    const fields = new Map<string, StrictJson>();
    this.#at++;
    if (this.#take("}")) return fields;
    do {
      this.#match(SPACE);
      const name = this.#string();
      if (fields.has(name)) throw new SyntaxError(`the name ${JSON.stringify(name)} comes twice`);
      if (!this.#take(":")) throw this.#unexpected();
      fields.set(name, this.value(depth + 1));
    } while (this.#take(","));
    if (!this.#take("}")) throw this.#unexpected();
    return fields;
  }

  #array(depth: number): readonly StrictJson[] {
    const items: StrictJson[] = [];
    this.#at++;
    if (this.#take("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.#take(","));
    if (!this.#take("]")) throw this.#unexpected();
    return items;
  }

  #string(): string {
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.#unexpected();
    this.#at++;
    // Run by run: one pattern for all of it would take a step back for each character of a long string.
    while (!this.#match(RUN)?.endsWith('"')) {
      if (!/^\\.$/.test(this.#text.slice(this.#at, this.#at + 2))) throw this.#unexpectedFrom(start);
      this.#at += 2;
    }
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch {
      throw new SyntaxError(`a string at character ${start} has a malformed escape`);
    }
  }

  /** Skips space, then `sign` if it comes next. */
  #take(sign: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match[0];
  }

  #unexpectedFrom(start: number): SyntaxError {
    this.#at = start;
    return this.#unexpected();
  }

  #unexpected(): SyntaxError {
    const found = this.#at < this.#text.length ? `unexpected ${JSON.stringify(this.#text[this.#at])}` : "it ends early";
    return new SyntaxError(`${found} at character ${this.#at}`);
  }
}
