import { hasUnspaced, type Word } from "./splitWords.js";

/** Words joined to a text as their script has it, with their places in the text that this makes. */
export function joinWords(words: readonly string[]): { readonly text: string; readonly words: readonly Word[] } {
  const isGlued = gluing(words);
  let text = "";
  const placed = words.map((word, i) => {
    if (i > 0 && !isGlued(words[i - 1], word)) text += " ";
    const start = text.length;
    text += word;
    return { text: word, start, end: text.length };
  });
  return { text, words: placed };
}

/** Whether two of these words that follow each other have no space between them. */
function gluing(words: readonly string[]): (before: string, word: string) => boolean {
  if (!words.some(hasUnspaced)) return () => false;
  // Where every word is a character, foreign words and numbers are cut into characters too.
  if (words.length > 1 && words.every(isCharacter)) return () => true;
  return (before, word) => isUnspaced(lastCharacter(before)) && isUnspaced(firstCharacter(word));
}

/** Letters of scripts without spaces, and the punctuation of East Asia. */
const isUnspaced = (character: string): boolean =>
  /^[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…—·《》]/u.test(character) ||
  hasUnspaced(character);
const isCharacter = (word: string): boolean => /^.[\p{M}\ufe0f]*$/u.test(word);
const firstCharacter = (word: string): string => String.fromCodePoint(word.codePointAt(0) ?? 0);
const lastCharacter = (word: string): string => /.\p{M}*$/u.exec(word)?.[0] ?? "";
