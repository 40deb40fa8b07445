/** Signals that end a command, and its exit status then. */
export const EXIT_OF = { SIGINT: 130, SIGTERM: 143 } as const;
