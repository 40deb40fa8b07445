// @ts-check
/**
 * The public corpora: where each published file lies, pinned by commit, size and sha256, and what becomes of it.
 *
 * Nothing of them is part of this repository: their terms differ, and some forbid passing them on.
 */

import { polarityCsv, sameBytes, semEvalCsv, smsCsv, sst2Csv, tweetEvalCsv } from "./convert.mjs";

/**
 * A published file.
 *
 * @typedef {object} RawFile
 * @property {string} repository  owner/name
 * @property {string} commit      40 hex digits
 * @property {string} path        inside the repository
 * @property {number} bytes
 * @property {string} sha256      64 hex digits
 */

/**
 * A file of ours, made from published ones.
 *
 * @typedef {object} Output
 * @property {string} path  inside the corpora folder, with slashes
 * @property {readonly RawFile[]} from  in the order in which `convert` takes them
 * @property {(files: readonly Uint8Array[]) => string | Uint8Array} convert
 * @property {string} sha256  of the file that the published numbers were measured on
 */

/**
 * @typedef {object} Corpus
 * @property {string} name   for `--only`
 * @property {string} group  its folder, for `--only` too
 * @property {string} about  what it is, who made it
 * @property {string} terms  what its makers ask for
 * @property {readonly Output[]} outputs
 */

const UNSTATED = "not stated with it: ask its authors before you pass it on";

const tweetEval = pinned("cardiffnlp/tweeteval", "4fbd22cd78421f05b1ecdb4fc5725bc7a7bd8f66");
const semEval = pinned("leelaylay/TweetSemEval", "289ab5f5f3a3599c6770cb6f29c9b5c2eebf5397");
const sst2 = pinned("clairett/pytorch-sentiment-classification", "457ffd83de90a9d6d472d8ffc31bbffe40a8b236");
const polarity = pinned("yoonkim/CNN_sentence", "23e0e1f7355705bb083043fda05c031b15acb38c");
const sms = pinned("justmarkham/pycon-2016-tutorial", "5339710562cc46c4a32a369d63f1e8751a18a54e");
const wnut17 = pinned("leondz/emerging_entities_17", "e52a2d2a71ac1a051ca2d532eef28653c5c02603");

const VAL_TEXTS = tweetEval(
  "datasets/sentiment/val_text.txt",
  219137,
  "e5b021e6fc45064c260b09814b803d8f56cada519c4d952d72f43d48a350a964",
);
const TEST_TEXTS = tweetEval(
  "datasets/sentiment/test_text.txt",
  1156877,
  "09a93a55c63fd93f97485ef7302889d7edb4091cd49733aa37da094f0bfa0675",
);
const MAPPING = tweetEval(
  "datasets/sentiment/mapping.txt",
  32,
  "c0572796fbe261d8ea5fd16c5061076fbba49bc69fc865d6abccaf60daacee24",
);

/** @type {readonly Corpus[]} */
export const CORPORA = [
  {
    name: "tweeteval",
    group: "tweets",
    about: "TweetEval sentiment, official validation and test split: 2,000 and 12,284 tweets, 3 classes",
    terms: "Twitter terms",
    outputs: [
      {
        path: "tweets/tweeteval-sentiment.val.csv",
        from: [
          VAL_TEXTS,
          tweetEval(
            "datasets/sentiment/val_labels.txt",
            4000,
            "b4566926c72e2e4e2916c864def94e76c4cdde52446af2c7ba4fc2006e057e51",
          ),
          MAPPING,
        ],
        convert: tweetEvalCsv,
        sha256: "482771bc622e6e707cc9abc3273c896a3811f38ec9c3b39a38bd7d8465cc835f",
      },
      {
        path: "tweets/tweeteval-sentiment.test.csv",
        from: [
          TEST_TEXTS,
          tweetEval(
            "datasets/sentiment/test_labels.txt",
            24568,
            "6afb4afe9374d1f983bcf9a7c79b108d0f37fdf020a83f30488309bed215db9d",
          ),
          MAPPING,
        ],
        convert: tweetEvalCsv,
        sha256: "aee55c5d1437de91c4fb9a18ab4c516fa17f084f75aa47f51565efa0fd0d30e1",
      },
    ],
  },
  {
    name: "semeval",
    group: "tweets",
    about: "SemEval-2017 task 4 A training data, without the tweets of TweetEval: 47,510 tweets, 3 classes",
    terms: "research use, Twitter terms",
    outputs: [
      {
        path: "tweets/semeval-2013-2016.train.csv",
        from: [VAL_TEXTS, TEST_TEXTS, ...semEvalFiles()],
        convert: semEvalCsv,
        sha256: "1990f340d05f281a10b9a8bb3e38dab0a6860797078e58e2d6e652d5e8359b62",
      },
    ],
  },
  {
    name: "sst2",
    group: "movies",
    about: "Stanford Sentiment Treebank, sentence level: 6,920, 872 and 1,821 sentences, 2 classes",
    terms: UNSTATED,
    outputs: [
      {
        path: "movies/sst2.train.csv",
        from: [sst2("data/SST2/train.tsv", 720259, "ec192f833a64da08f475488a77b0d0b47db47acd0f458bd18433fc793b569920")],
        convert: sst2Csv,
        sha256: "a3658cfd7be1148c788222111d9d66435624e363b86bde8748490641632dd936",
      },
      {
        path: "movies/sst2.val.csv",
        from: [sst2("data/SST2/dev.tsv", 92057, "eddea6b39e601dd4e7a672b53cc40fdf6019fa80522f351206c24340ca5d9359")],
        convert: sst2Csv,
        sha256: "e4df89d9e6d5da52d9f26fd4e6df6b53a8cb92d5f75da037f4505a8b772b2a5b",
      },
      {
        path: "movies/sst2.test.csv",
        from: [sst2("data/SST2/test.tsv", 188749, "831169c7e2e429d6026e1bdbb542f33b636e3e596caad9602ebc953c205928b7")],
        convert: sst2Csv,
        sha256: "d9591a62007fba6b69379ffbe3a8dcbfbd307a3dc65792f2a5cbe9e02ba9f3a5",
      },
    ],
  },
  {
    name: "rt-polarity",
    group: "movies",
    about: "Pang and Lee 2005, movie review sentences: 10,662, 2 classes; 72.5 % of the SST-2 test is in it",
    terms: UNSTATED,
    outputs: [
      {
        path: "movies/rt-polarity.csv",
        from: [
          polarity("rt-polarity.pos", 626139, "2da124ec187a9d5a29c9f04e91c540e02baed5af8868f550a26bd6fd4dbf8bf0"),
          polarity("rt-polarity.neg", 612256, "4ace77d558c3714723843f1d65b60c01e3417b208180f0728808d76ad0eeeaca"),
        ],
        convert: polarityCsv,
        sha256: "b41e14f7f8e25e29bf0c4ef08bc2400659a13b428188e98b6544ab193d5e106d",
      },
    ],
  },
  {
    name: "sms-spam",
    group: "spam",
    about: "UCI SMS Spam Collection v.1: 5,574 messages, ham or spam; 414 of them are exact duplicates",
    terms: "CC BY 4.0",
    outputs: [
      {
        path: "spam/sms-spam.csv",
        from: [sms("data/sms.tsv", 477907, "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d")],
        convert: smsCsv,
        sha256: "29113f5c00ba21d9068ef2b1bc6caff349766f1516015c264f7ea58948c0d504",
      },
    ],
  },
  {
    name: "wnut17",
    group: "ner",
    about: "WNUT 2017 emerging entities: 3,394, 1,009 and 1,287 sentences of user text, 6 entity types",
    terms: "CC BY 4.0",
    outputs: [
      wnut17Part(
        "train",
        "wnut17train.conll",
        493781,
        "731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5",
      ),
      wnut17Part(
        "dev",
        "emerging.dev.conll",
        114749,
        "e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8",
      ),
      wnut17Part(
        "test",
        "emerging.test.conll",
        194777,
        "d28fad9efb7a676ee95b939804aba92f60fa87ff33eebcdf46f60f26c65d0d93",
      ),
    ],
  },
];

/** In the order of the years: of two equal texts the earlier is kept. */
function semEvalFiles() {
  /** @type {readonly [part: string, bytes: number, sha256: string][]} */
  const parts = [
    ["2013train", 1420274, "111969d156c516b40bd504fcedcca52bbd44ec24add6f59290eb94df9b9c392c"],
    ["2013dev", 241753, "e402ab2e9bad766275ef5af490e2c3b0edca8236d60e6e69227589186bffd896"],
    ["2013test", 509953, "eb98d2342016eefda22dd563aa1ccde18aed399eeba572d8c963bbc56c196164"],
    ["2014test", 268406, "d6aa09ca41031e3deefb7e5b2f74f53260ab374f993e2275d8e4ccec6b210253"],
    ["2015train", 71983, "29780e613f562a511fa427196503c3f95fea6c0298470e157deab88a0e0ed65e"],
    ["2015test", 344669, "54b3481924c025d31ac9669c049603b91035b40e8becd6629fb9476a6d9a62f4"],
    ["2016train", 864760, "f49f65cf5e94b47d077ab7715d3d0a656c09b5c71608678a672d7378ef79c932"],
    ["2016dev", 294054, "47bda81cb91db2bf92222a5f20742b5e3edc14eb391e74b882b284e5afd0c8bb"],
    ["2016devtest", 286151, "c16686ebaa3b61770f4d4d2a60d051715146950faa93e039bb0aefb3523c3b38"],
    ["2016test", 2995084, "c90ee3e9cca3c4b019cc45169190c0bcc1c9e2eda938527e31d12040798dc453"],
  ];
  return parts.map(([part, bytes, sha256]) => semEval(`dataset/train/twitter-${part}-A.txt`, bytes, sha256));
}

/**
 * @param {string} split
 * @param {string} file
 * @param {number} bytes
 * @param {string} sha256  kept as it is, so of the output as well
 * @returns {Output}
 */
function wnut17Part(split, file, bytes, sha256) {
  return { path: `ner/wnut17.${split}.conll`, from: [wnut17(file, bytes, sha256)], convert: sameBytes, sha256 };
}

/**
 * @param {string} repository
 * @param {string} commit
 * @returns {(path: string, bytes: number, sha256: string) => RawFile}
 */
function pinned(repository, commit) {
  return (path, bytes, sha256) => ({ repository, commit, path, bytes, sha256 });
}
