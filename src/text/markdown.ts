/** A user's words inside Markdown: no markup, one line. */
export const plain = (text: string): string => text.replace(/\s+/g, " ").replace(/([\\`*_[\]<>|#])/g, "\\$1");
