/** A JSON value whose objects are maps: names keep their order, and `__proto__` is a name like any other. */
export type StrictJson = string | number | boolean | null | readonly StrictJson[] | ReadonlyMap<string, StrictJson>;

/** JSON numbers in full: no leading zero, no bare point. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
const [QUOTE, BACKSLASH, FIRST_PRINTED] = [0x22, 0x5c, 0x20];

/**
 * Parses JSON as `JSON.parse` does, except that a name that comes twice in an object is an error, and so are nesting
 * deeper than `maxDepth` and more than `maxValues` values: a value of two characters can take a hundred bytes of memory.
 *
 * @throws SyntaxError saying what is wrong, as a clause: `the name "a" comes twice`
 */
export function parseStrictJson(text: string, maxDepth: number, maxValues = Infinity): StrictJson {
  const parser = new Parser(text, { maxDepth, maxValues });
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #maxValues: number;
  #at = 0;
  #values = 0;

  constructor(text: string, { maxDepth, maxValues }: { readonly maxDepth: number; readonly maxValues: number }) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#maxValues = maxValues;
  }

  value(depth: number): StrictJson {
    if (depth > this.#maxDepth) throw new SyntaxError(`it is nested deeper than ${this.#maxDepth} levels`);
    if (++this.#values > this.#maxValues) throw new SyntaxError(`it has more than ${this.#maxValues} values`);
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
    const end = this.#endOfString();
    if (end === undefined) throw this.#unexpected();
    const quoted = this.#text.slice(this.#at, end);
    this.#at = end;
    try {
      return String(JSON.parse(quoted));
    } catch {
      throw new SyntaxError(`a string at character ${this.#at - quoted.length} has a malformed escape`);
    }
  }

  /** Behind the closing quote of the string that begins here; a regular expression would fill the stack on long ones. */
  #endOfString(): number | undefined {
    if (this.#text[this.#at] !== '"') return undefined;
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const unit = this.#text.charCodeAt(at);
      if (unit === QUOTE) return at + 1;
      if (unit < FIRST_PRINTED) return undefined;
      if (unit === BACKSLASH) at++;
    }
    return undefined;
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

  #unexpected(): SyntaxError {
    const found = this.#at < this.#text.length ? `unexpected ${JSON.stringify(this.#text[this.#at])}` : "it ends early";
    return new SyntaxError(`${found} at character ${this.#at}`);
  }
}
