const MOST_REMEMBERED = 100_000;
const LONGEST_REMEMBERED = 64;

/**
 * The same function, which remembers its results for words; what is too long to come again is found anew each time.
 * When the memory is full it starts empty: the common words are soon back.
 */
export function rememberWords<T>(find: (word: string) => T): (word: string) => T {
  const remembered = new Map<string, T>();
  return (word) => {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    const found = find(word);
    if (word.length > LONGEST_REMEMBERED) return found;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(word, found);
    return found;
  };
}
