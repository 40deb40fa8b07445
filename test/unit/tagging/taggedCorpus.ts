import { matrix } from "../../../src/math/matrix.js";
import { seeded } from "../../../src/math/random.js";
import type { EmbeddedSentences } from "../../../src/tagging/vectors/embeddedSentences.js";
import { offsetsOf } from "../../../src/tagging/vectors/contextualVectors.js";
import { joinWords } from "../../../src/tagging/corpus/joinWords.js";

/** Numbers of a word's vector: two tell its tag apart, the others are noise. */
const WIDTH = 4;

/** Short sentences about two kinds of entities, one of one word and one of two, whose vectors tell which is which. */
export function taggedCorpus(n: number, seed = 1): EmbeddedSentences {
  const random = seeded(seed);
  const sentences = Array.from({ length: n }, (_, i) => {
    const words = ["we", "saw", `Ada${i % 5}`, "near", "Lake", `Num${i % 3}`];
    const tags = ["O", "O", "B-x", "O", "B-y", "I-y"];
    const cut = i % 4 === 0 ? 3 : 6;
    const own = { file: "a.conll", line: 1 + 7 * i, unaligned: [], ...joinWords(words.slice(0, cut)) };
    return { ...own, tags: tags.slice(0, cut), written: tags.slice(0, cut) };
  });
  const offsets = offsetsOf(sentences);
  const vectors = matrix(offsets[n], WIDTH);
  const tags = sentences.flatMap((sentence) => sentence.tags);
  tags.forEach((tag, w) => {
    const signs = [tag.endsWith("x") ? 1 : 0, tag.endsWith("y") ? 1 : 0, random(), random()];
    vectors.data.set(
      signs.map((sign) => sign + 0.1 * random()),
      w * WIDTH,
    );
  });
  return { sentences, vectors, offsets, cut: new Set() };
}

/** Sentences of which no two texts are equal; the type x under another name. */
export function distinctCorpus(n: number, seed: number, x = "x"): EmbeddedSentences {
  const data = taggedCorpus(n, seed);
  const sentences = data.sentences.map((sentence, s) => {
    const [, ...words] = sentence.words.map(({ text }) => text);
    const tags = sentence.tags.map((tag) => tag.replace(/x$/, x));
    return { ...sentence, ...joinWords([`w${seed}n${s}`, ...words]), tags, written: tags };
  });
  return { ...data, sentences };
}
