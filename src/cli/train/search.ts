import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { LabeledVectors } from "../../dataset/labeledVectors.js";
import { rowsToSearch } from "../../classification/choice/chooseHead.js";
import { searchHead, viewName, type SearchResult, type View } from "../../classification/choice/search.js";
import type { Encoder, EncoderPooling } from "../../encoder/encoder.js";
import { embedWithProgress, openEncoder, withCache, type Context } from "../context.js";
import { mlpSettingsOf } from "../flags/mlp.js";
import { defined } from "../flags/options.js";
import { TUNE_SECONDS, type SearchFlags } from "../flags/search.js";

/** Tried where the user names no pooling. */
const USUAL_POOLINGS: readonly EncoderPooling[] = ["mean", "cls"];

/** Rows by the view that a search chose, and the encoder of that view. */
export interface SearchedRows {
  readonly encoder: Encoder;
  readonly data: LabeledVectors;
  readonly dev: LabeledVectors | undefined;
  readonly searchResult: SearchResult;
}

interface SearchInput {
  /** With the user's own flags; closed unless it is the one that is found. */
  readonly encoder: Encoder;
  readonly labels: readonly string[];
  readonly rows: LabeledCorpus;
  readonly devRows: LabeledCorpus | undefined;
}

/** Searches on the training side of `rows`; dev rows are embedded by the chosen view, and read by nothing else here. */
export async function search(context: Context, given: SearchInput, flags: SearchFlags): Promise<SearchedRows> {
  const { reporter, clock, signal } = context;
  const { labels, rows, devRows } = given;
  const opened = new Map<View, { encoder: Encoder; data: LabeledVectors; dev: LabeledVectors | undefined }>();
  const views = viewsOf(flags, given.encoder).map(({ layer, pooling, isOwn }): View => {
    const view: View = {
      layer: layer ?? null,
      pooling,
      load: async () => {
        const encoder = isOwn
          ? given.encoder
          : await openEncoder(context, { ...flags, ...defined({ layer }), pooling });
        const vectors = (of: LabeledCorpus) => withVectors(context, of, { encoder, flags });
        const data = await vectors(rows);
        const dev = devRows && (await vectors(devRows));
        opened.set(view, { encoder, data, dev });
        return rowsToSearch(data, { seed: flags.seed, dev });
      },
    };
    return view;
  });
  const candidates = reporter.meter("tuning: settings tried");
  let tried = 0;
  const { seed, classWeights, tuneSeconds: seconds = TUNE_SECONDS } = flags;
  try {
    const searchResult = await searchHead(views, {
      labels,
      seed,
      classWeights,
      seconds,
      clock,
      signal,
      threads: flags.threads,
      kinds: flags.head && [flags.head],
      mlp: mlpSettingsOf(flags),
      onCandidate: ({ name, logLoss, macroF1 }) => {
        const spread = `± ${macroF1.deviation.toFixed(4)}`;
        candidates.update(++tried);
        reporter.detail(
          `${name}: log loss ${logLoss.mean.toFixed(4)}, macro-F1 ${macroF1.mean.toFixed(4)} ${spread} over folds`,
        );
      },
    });
    candidates.end();
    reporter.info(`chosen: ${searchResult.search.chosen}`);
    const chosen = opened.get(searchResult.view)!;
    opened.delete(searchResult.view);
    return { ...chosen, searchResult };
  } finally {
    for (const { encoder } of opened.values()) await encoder.close();
  }
}

/** Every layer with every pooling that is to be tried, once; the user's own first. */
function viewsOf(flags: SearchFlags, { layer, pooling, isStatic }: Encoder) {
  const layers = new Set([layer, ...(flags.tuneLayers ?? [])]);
  // A static encoder has no first token that stands for the text.
  const usual = flags.pooling === undefined && !isStatic ? USUAL_POOLINGS : [];
  const poolings = new Set([pooling, ...(flags.tunePoolings ?? usual)]);
  return [...layers].flatMap((l) =>
    [...poolings]
      // The vectors that a model makes itself are of its last layer.
      .filter((p) => p !== "model" || l === layer)
      .map((p) => ({ layer: l, pooling: p, isOwn: l === layer && p === pooling })),
  );
}

async function withVectors(
  context: Context,
  rows: LabeledCorpus,
  { encoder, flags }: { readonly encoder: Encoder; readonly flags: SearchFlags },
): Promise<LabeledVectors> {
  const { vectors } = await withCache(context, { flags, encoder }, (cache) =>
    embedWithProgress(context, rows.texts, {
      encoder,
      cache,
      flags,
      what: viewName({ layer: encoder.layer ?? null, pooling: encoder.pooling }),
    }),
  );
  return { texts: rows.texts, labels: rows.labels, vectors };
}
