import { createContext, Script } from "node:vm";
import { excerpt, HeadstartError, messageOf } from "../../errors.js";

/** Of a text; ordinary tokenizers take a thousandth of it. */
const MOST_MS = 4000;
/** Of many short texts together. */
const TOGETHER_MS = 1000;
/** Of reading the settings, and so much more for each entry of the vocabulary. */
const LOADING_MS = 10_000;
const LOADING_MS_AN_ENTRY = 0.1;

/**
 * Runs a tokenizer whose settings are a program of a kind, such as a regular expression, which on the right text takes
 * more time than there is.
 */
interface TokenizerWatch {
  /**
   * Runs what tokenizes one text.
   *
   * @throws HeadstartError E_TOKENIZER_LIMIT when it takes too long or too much, E_ENCODER_INVALID when it fails
   */
  one<T>(text: string, work: () => T): T;
  /**
   * Runs what calls `one` many times; beginning to watch costs as much as a short text, and is done once for all. Where
   * it takes too long it is run again, each text by itself: `work` has to bear that.
   */
  together<T>(work: () => T): T;
}

/** What V8 ends, be it in a loop or in a regular expression, is ended for good: what it was about is not used again. */
class TooLong extends Error {}

/**
 * Watches over the tokenizer of `file`.
 *
 * @param mostMs  that a text may take, in milliseconds
 */
export function tokenizerWatch(file: string, mostMs = MOST_MS): TokenizerWatch {
  let watching = false;
  const run = <T>(milliseconds: number, work: () => T): T => {
    watching = true;
    try {
      return within(milliseconds, work);
    } finally {
      watching = false;
    }
  };
  return {
    one(text, work) {
      try {
        return watching ? work() : run(mostMs, work);
      } catch (error) {
        throw tokenizingFailure(error, text, file, mostMs);
      }
    },
    together(work) {
      if (watching) return work();
      try {
        return run(Math.min(mostMs, TOGETHER_MS), work);
      } catch (error) {
        if (!(error instanceof TooLong)) throw error;
        return work();
      }
    },
  };
}

/** Runs what makes a tokenizer of settings. @throws Error as a clause when that takes too long */
export function whileLoading<T>(entries: number, work: () => T): T {
  try {
    return within(LOADING_MS + LOADING_MS_AN_ENTRY * entries, work);
  } catch (error) {
    throw error instanceof TooLong ? new Error("its settings take too long to be read") : error;
  }
}

const context = createContext({});
const script = new Script("run()");

/** Runs work that is ended after so many milliseconds, rounded up. */
function within<T>(milliseconds: number, work: () => T): T {
  let result: { readonly value: T } | undefined;
  context.run = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: Math.ceil(milliseconds) });
  } catch (error) {
    // It is an Error of the context's own, of which nothing here is an instance.
    const { code } = (error ?? {}) as { readonly code?: unknown | undefined };
    throw code === "ERR_SCRIPT_EXECUTION_TIMEOUT" ? new TooLong() : error;
  } finally {
    context.run = undefined;
  }
  return result!.value;
}

/** What a text could not be tokenized for. */
export function tokenizingFailure(error: unknown, text: string, file: string, mostMs = MOST_MS): HeadstartError {
  if (error instanceof HeadstartError) return error;
  const slow = error instanceof TooLong;
  const found = slow ? `it has not ended after ${mostMs / 1000} seconds` : messageOf(error);
  return new HeadstartError(
    slow || error instanceof RangeError ? "E_TOKENIZER_LIMIT" : "E_ENCODER_INVALID",
    `Cannot cut the text "${excerpt(text)}" into tokens with ${file}: ${found}. ` +
      `Choose another encoder, or leave the text out`,
    { file, cause: error },
  );
}
