const VOID = new Set(["meta", "link", "br", "!doctype"]);

/** Texts that a page must show and never obey. */
export const HOSTILE = [
  "<img src=x onerror=\"document.title='run'\">",
  "</script><script>document.title='run'</script>",
  "\"'><svg onload=alert(1)>",
  "javascript:alert(1)",
  "{{7*7}} ${7*7}",
  "a\u2028b\u2029c",
  "\u202eevil\u2069\u2067 <!-- ]]> \0 \ud800",
  "__proto__",
];

/** Tags of a page in order, as they were opened and closed. */
export const tagsOf = (page: string): readonly string[] =>
  [...page.matchAll(/<(\/?)([!a-z][a-z0-9]*)[^>]*?(\/?)>/gi)].map(([, end, name, self]) => `${end}${name}${self}`);

/** Names of elements that are not closed in the order they were opened; none in a well-formed page. */
export function unbalanced(page: string): readonly string[] {
  const open: string[] = [];
  for (const tag of tagsOf(page)) {
    const name = tag.replaceAll("/", "");
    if (tag.startsWith("/")) {
      if (open.pop() !== name) return [`closing ${name}`];
    } else if (!tag.endsWith("/") && !VOID.has(name)) open.push(name);
  }
  return open;
}
