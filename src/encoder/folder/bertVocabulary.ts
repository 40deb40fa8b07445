/** What tokenizer_config.json and special_tokens_map.json say of a tokenizer whose words are in vocab.txt. */
export interface VocabularySettings {
  readonly tokenizer_class?: string | null | undefined;
  /** @default true */
  readonly do_lower_case?: boolean | null | undefined;
  /** @default as `do_lower_case` */
  readonly strip_accents?: boolean | null | undefined;
  /** @default true */
  readonly tokenize_chinese_chars?: boolean | null | undefined;
  readonly unk_token?: string | null | undefined;
  readonly sep_token?: string | null | undefined;
  readonly pad_token?: string | null | undefined;
  readonly cls_token?: string | null | undefined;
  readonly mask_token?: string | null | undefined;
}

/** Tokenizers of transformers that cut words as BERT's does. */
const LIKE_BERT =
  /^(?:bert|distilbert|electra|mobilebert|convbert|retribert|squeezebert|layoutlm|lxmert|funnel)tokenizer(?:fast)?$/i;
/** Of the same words, with other control tokens. */
const LIKE_MPNET = /^MPNetTokenizer(?:Fast)?$/;

const BERT_TOKENS = {
  unk_token: "[UNK]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  cls_token: "[CLS]",
  mask_token: "[MASK]",
};
const MPNET_TOKENS = {
  unk_token: "[UNK]",
  sep_token: "</s>",
  pad_token: "<pad>",
  cls_token: "<s>",
  mask_token: "<mask>",
};

/** Characters of the longest word that is cut; a longer one is unknown. */
const LONGEST_WORD = 100;

/**
 * The contents of the tokenizer.json that transformers makes of BERT's vocabulary, one token a line.
 *
 * @throws SyntaxError as a clause for a vocabulary of another kind, and for one without its control tokens
 */
export function bertTokenizer(vocabulary: string, settings: VocabularySettings): object {
  const { tokenizer_class, do_lower_case, strip_accents, tokenize_chinese_chars } = settings;
  const isMpnet = LIKE_MPNET.test(tokenizer_class ?? "");
  if (typeof tokenizer_class === "string" && !isMpnet && !LIKE_BERT.test(tokenizer_class)) {
    throw new SyntaxError(
      `it is the vocabulary of a ${tokenizer_class}, not of BERT's kind, and there is no tokenizer.json. Write that with ` +
        "Python's transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)",
    );
  }
  const vocab = idsOf(vocabulary);
  const tokens = controlTokens(settings, isMpnet ? MPNET_TOKENS : BERT_TOKENS);
  const lacking = [tokens.unk_token, tokens.cls_token, tokens.sep_token].find((name) => vocab[name] === undefined);
  if (lacking !== undefined) throw new SyntaxError(`it has no line ${JSON.stringify(lacking)}`);
  const special = [...new Set(Object.values(tokens))].filter((content) => vocab[content] !== undefined);
  const around = (name: string): object => ({ SpecialToken: { id: name, type_id: 0 } });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special
      .map((content) => ({ id: vocab[content], content, special: true }))
      .sort((a, b) => a.id - b.id),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: tokenize_chinese_chars ?? true,
      strip_accents: strip_accents ?? null,
      lowercase: do_lower_case ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [around(tokens.cls_token), { Sequence: { id: "A", type_id: 0 } }, around(tokens.sep_token)],
      pair: [],
      special_tokens: Object.fromEntries(
        [tokens.cls_token, tokens.sep_token].map((name) => [name, { id: name, ids: [vocab[name]], tokens: [name] }]),
      ),
    },
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: tokens.unk_token,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: LONGEST_WORD,
      vocab,
    },
  };
}

/** Ids by line, from 0; of a token that stands twice the later, as in Python. */
function idsOf(vocabulary: string): Record<string, number> {
  const lines = vocabulary.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  // A token may be called as what every object has.
  const ids = Object.create(null) as Record<string, number>;
  lines.forEach((line, id) => (ids[line] = id));
  return ids;
}

function controlTokens<T extends Readonly<Record<string, string>>>(settings: VocabularySettings, usual: T): T {
  const own = settings as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(usual).map(([key, content]) => [key, typeof own[key] === "string" ? own[key] : content]),
  ) as T;
}
