import { HeadstartError } from "../errors.js";
import { errnoOf } from "../files/writeError.js";

/** Whether an error says that nobody reads any more what is printed. */
export const isClosedPipe = (error: unknown): boolean =>
  error instanceof HeadstartError && error.place.file === "stdout" && errnoOf(error.cause) === "EPIPE";
