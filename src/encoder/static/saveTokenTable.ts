import { join } from "node:path";
import type { TokenTable } from "./distill.js";
import { TABLE_FILE, TOKEN_TABLE } from "./tokenTable.js";
import { writeSafetensors } from "../../formats/safetensors.js";
import { VERSION } from "../../version.js";
import { commitFile } from "../../files/commit.js";
import { commitFolder, type CommitFolderOptions } from "../../files/commitFolder.js";
import { count } from "../../text/numbers.js";
import { plain } from "../../text/markdown.js";

/** What model2vec writes where a table has no limit of its own. */
const NO_LIMIT = 1_000_000;

/**
 * Writes a table of token vectors as a folder that `--encoder` and model2vec load: `config.json`, `model.safetensors`
 * with one float32 tensor `embeddings` `[tokens, dims]`, `tokenizer.json`, and a card `README.md`.
 *
 * @returns bytes written
 * @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE
 * @example
 * const bytes = await saveTokenTable("static-encoder", await distill(encoder, { dims: 32 }), { force: true });
 * const small = await loadEncoder("static-encoder");
 * console.log(bytes > 0, small.width); // true 32
 * await small.close();
 */
export async function saveTokenTable(
  folder: string,
  table: TokenTable,
  options: CommitFolderOptions = {},
): Promise<number> {
  const files = tokenTableFiles(table);
  await saveTableFiles(folder, files, options);
  return bytesIn(files);
}

/** The files of a table's folder, by name. */
type TableFiles = readonly (readonly [name: string, content: Uint8Array])[];

export const bytesIn = (files: TableFiles): number => files.reduce((sum, [, content]) => sum + content.length, 0);

/** @throws HeadstartError E_OUTPUT_EXISTS without `force`, E_OUTPUT_WRITE */
export async function saveTableFiles(folder: string, files: TableFiles, options: CommitFolderOptions): Promise<void> {
  await commitFolder(
    folder,
    async (temp) => {
      for (const [name, content] of files) await commitFile(join(temp, name), (to) => to.write(content));
    },
    options,
  );
}

/** A table as the files that `saveTokenTable` writes. */
export function tokenTableFiles(table: TokenTable): TableFiles {
  const { rows, cols, data } = table.embeddings;
  return [
    [TABLE_FILE, writeSafetensors(new Map([["embeddings", { dtype: "F32", shape: [rows, cols], data }]]))],
    ["tokenizer.json", utf8(JSON.stringify(table.tokenizer))],
    ["config.json", utf8(`${JSON.stringify(configOf(table), null, 2)}\n`)],
    ["README.md", utf8(tableCard(table))],
  ];
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const configOf = ({ embeddings, sif, from }: TokenTable): object => ({
  model_type: TOKEN_TABLE,
  architectures: ["StaticModel"],
  tokenizer_name: from.name,
  apply_pca: embeddings.cols,
  apply_zipf: sif !== undefined,
  sif_coefficient: sif ?? null,
  hidden_dim: embeddings.cols,
  seq_length: NO_LIMIT,
  normalize: true,
});

/** The card: what the table was made from, with which settings, and what it cannot do. */
function tableCard({ embeddings, tokens, sif, explained, from }: TokenTable): string {
  const { rows, cols } = embeddings;
  const layer = from.layer === undefined ? "the last layer" : `layer ${from.layer}`;
  const weights =
    sif === undefined
      ? "No weights: every token counts alike."
      : `Each row times a / (a + p), a = ${sif}, with the token's probability p by Zipf's law from its place in the vocabulary (Arora, Liang & Ma 2017).`;
  return [
    `# Static token vectors of ${plain(from.name)}`,
    "",
    `A table of ${count(rows)} token vectors, ${cols} wide. A text's vector is the mean of its tokens' rows, scaled to length 1; ` +
      "control tokens and unknown ones are left out, and a text without others gets zeros.",
    "",
    "## How it was made",
    "",
    `- \`headstart distill\`, headstart ${VERSION}, after the idea of [model2vec](https://github.com/MinishLab/model2vec), whose layout it has`,
    `- From ${plain(from.name)} (fingerprint ${from.fingerprint.slice(0, 12)}, ${from.precision}): ${count(tokens)} entries of its vocabulary, each alone between its control tokens, ${from.pooling} pooling of ${layer}; the other ${count(rows - tokens)} rows are zero`,
    `- ${from.width} numbers reduced to ${cols} by principal component analysis, mean removed; ${(100 * explained).toFixed(1)} % of the variance kept`,
    `- ${weights}`,
    "",
    "## Limits",
    "",
    "A token has one vector, whatever its neighbors: word order and negation are lost. It takes the languages, the case and the license of the encoder that it was made from.",
    "",
  ].join("\n");
}

/** A user's words inside Markdown: no markup, one line. */
