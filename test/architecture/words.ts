/** The project's vocabulary: words that it does not use, each with the field's word for it, and a search for them. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A word as a regular expression over lower-case text in which `camelCase` is two words; what to write instead. */
const VOCABULARY: readonly (readonly [word: string, use: string])[] = [
  // Training
  ["strengths?", "C, the inverse of the L2 penalty"],
  ["(multi layer )?perceptrons?", "MLP"],
  ["slopes", "gradients"],
  ["decay of (the )?weights", "weight decay"],
  ["tune\\(\\)", "searchHead()"],
  ["rivals?|contenders?", "candidate"],
  ["few examples", "few-shot"],
  ["temper(s|ed)?", "apply the temperature, scaled"],
  // Predictions
  ["answer(s|ed|ing|able)?", "prediction, predict (a head); response (a server); result (a function)"],
  ["no answer", "abstains"],
  ["likeliest", "most probable, argmax"],
  ["surest", "most confident, most certain"],
  ["wish(es|ed)?", "goal"],
  ["promis(e|es|ed|ing)", "target coverage, guarantee, claim"],
  ["trust(s|ed)?", "reliability, rely on"],
  ["taken at (its|their) word", "calibrated"],
  ["label sets?|sets? of labels", "prediction set (conformal), labels"],
  ["(hold|holds|held) the (truth|true label)", "contain the true label, coverage"],
  ["commonest", "majority class (label), most frequent"],
  ["what is taken for what", "confusion matrix"],
  ["at home", "in-domain"],
  // Entities
  ["nets?", "network, ensemble"],
  ["sub words?", "subword, subword pooling"],
  ["(?<!surface )forms (not )?seen", "surface forms"],
  ["(?<!linear )chains?", "CRF"],
  ["writing of words|features of writing", "surface features"],
  ["the balance|balance towards", "outside bias"],
  // Machinery
  ["lanes?", "session worker, session pool"],
  ["whereabouts", "neighborhood"],
  ["tally|tallies", "row counts"],
  ["told|tells? apart", "called, reported, distinguished, split"],
  // Spelling
  ["neighbours?", "neighbor"],
  ["distil", "distill"],
  ["(re)?normalis(e|es|ed|ing|ation|ations)", "normalize"],
  ["labelled", "labeled"],
  ["behaviours?", "behavior"],
  ["colours?", "color"],
];

const WORDS = VOCABULARY.map(([word, use]) => ({ pattern: new RegExp(`(?<!\\w)(?:${word})(?!\\w)`, "u"), use }));

/** Where such a word is right: what stands there is left out of the search. */
const EXCEPTIONS: readonly { readonly text: RegExp; readonly file?: RegExp; readonly because: string }[] = [
  { text: /\bPromise\b|fs\/promises|timers\/promises|stream\/promises/g, because: "JavaScript's own" },
  { text: /(simulate|numbers)\/promises\b/g, because: "names of files" },
  { text: /node:net\b|http:\/\/\S+|https:\/\/\S+/g, because: "a module, an address" },
  { text: /\bnormalised\b/g, file: /^src\/|bench\//, because: "a field of the printed JSON" },
  { text: /.*/g, file: /^src\/head\/file\/version1\.ts$/, because: "the names in heads of version 1" },
  { text: /neighbours\.safetensors/g, file: /^src\/head\/file\/schema\.ts$/, because: "a file of heads of version 1" },
  { text: /LabelSet|labelSet/g, because: "the labels of a dataset" },
  { text: /"chain"/g, file: /^src\/tagging\/file\/folder\.ts$/, because: "tensors in heads of version 1" },
  { text: /DistilBERT/g, because: "a model" },
  { text: /slopes/g, file: /^src\/math\/lbfgs\.ts$/, because: "the derivative of a function of one variable" },
  {
    text: /.*/g,
    file: /encoder\/model\/compare\.ts$|benchmark\.ts$|memory\.mjs$|golden_texts\.py$/,
    because: "texts to embed",
  },
  { text: /brierOfRenormalised/g, because: "a field of a golden file" },
  { text: /"distil"|distil: "distill"/g, file: /^src\/cli\//, because: "the former name of a command" },
  { text: /\["answer"\]/g, file: /^src\/tagging\/corpus\/rowForms\.ts$/, because: "a field of Prodigy" },
  { text: /formerName\(.*\)/g, file: /^src\/cli\/flags\//, because: "former names of flags" },
];

/** Contents of sources, scripts and documentation by path from `root`, with slashes. */
export function readProse(root: string): ReadonlyMap<string, string> {
  const paths = ["README.md", "CONTRIBUTING.md"];
  for (const folder of ["src", "scripts", "docs"].filter((name) => existsSync(join(root, name)))) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (/\.(ts|mjs|md|py|wat)$/.test(name)) paths.push(`${folder}/${name.replaceAll("\\", "/")}`);
    }
  }
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** Every odd word as `file:line: "word"; write ...`. */
export function oddWords(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([path, content]) =>
    content.split("\n").flatMap((line, i) => {
      const text = spaced(without(line, path));
      return WORDS.flatMap(({ pattern, use }) => {
        const odd = pattern.exec(text)?.[0];
        return odd === undefined ? [] : [`${path}:${i + 1}: "${odd}"; write ${use}`];
      });
    }),
  );
}

/** A line without what is right in this file. */
const without = (line: string, path: string): string =>
  EXCEPTIONS.filter(({ file }) => file?.test(path) ?? true).reduce((rest, { text }) => rest.replace(text, ""), line);

/** `likeliestLabel`, `LIKELIEST_LABEL` and "Likeliest label" as "likeliest label". */
const spaced = (line: string): string =>
  line
    .replace(/([a-z\d])(?=[A-Z])/g, "$1 ")
    .replace(/[_-]/g, " ")
    .toLowerCase();
