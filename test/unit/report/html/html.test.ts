import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  balanced,
  cutText,
  escapeHtml,
  html,
  isolated,
  joined,
  quotation,
  styleSheet,
  toText,
  verbatim,
} from "../../../../src/report/html/html.js";

describe("escapeHtml()", () => {
  it("leaves no character that could end a text or a quoted attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96|#13);)/);
      }),
    );
  });

  it("names each special character by its entity", () => {
    expect(escapeHtml("&<>\"'`\r")).toBe("&amp;&lt;&gt;&quot;&#39;&#96;&#13;");
  });

  it("shows what HTML cannot hold and keeps everything else", () => {
    expect(escapeHtml("a\0b\x1b[2J\x7f")).toBe("a␀b␛[2J␡");
    expect(escapeHtml("\ud800x\udc00 👍")).toBe("\ufffdx\ufffd 👍");
    expect(escapeHtml("\x80\x9b31m\x9f")).toBe("\ufffd\ufffd31m\ufffd");
    expect(escapeHtml("tab\tline\nline\u2028para\u2029")).toBe("tab\tline\nline\u2028para\u2029");
    expect(escapeHtml("{{7*7}} javascript:x")).toBe("{{7*7}} javascript:x");
  });
});

describe("html", () => {
  it("escapes texts, keeps markup, joins lists and leaves null out", () => {
    const list = ["<b>", html`<i>${"&"}</i>`, null, 3];
    expect(toText(html`<p title="${'"'}">${list}</p>`)).toBe('<p title="&quot;">&lt;b&gt;<i>&amp;</i>3</p>');
  });

  it("cannot be given markup by an object from JSON", () => {
    const forged: unknown = JSON.parse('{"html":"<script>","Symbol(markup)":"<script>"}');
    expect(toText(html`${forged as string}`)).not.toContain("<script>");
  });
});

describe("verbatim()", () => {
  it("closes the isolates that a text leaves open and drops those that would close its own", () => {
    expect(balanced("a\u2069\u202eb")).toBe("a\u202eb");
    expect(balanced("\u2067a\u2066b\u2069")).toBe("\u2067a\u2066b\u2069\u2069");
    expect(toText(verbatim("<\u2069"))).toBe("<bdi>&lt;</bdi>");
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\u2066", "\u2067", "\u2068", "\u2069") }), (text) => {
        let open = 0;
        for (const c of balanced(text)) {
          if (c !== "a") open += c === "\u2069" ? -1 : 1;
          expect(open).toBeGreaterThanOrEqual(0);
        }
        expect(open).toBe(0);
      }),
    );
  });
});

describe("isolated(), verbatim()", () => {
  it("keep a text whole, and cut a name that is none", () => {
    const long = "x".repeat(10_000);
    expect(toText(isolated(long))).toBe(`<bdi>${long}</bdi>`);
    expect(toText(verbatim(long))).toBe(`<bdi>${"x".repeat(199)}…</bdi>`);
    expect(toText(verbatim("x".repeat(200)))).toHaveLength(211);
  });
});

describe("cutText()", () => {
  it("keeps short texts and never cuts a character in two", () => {
    expect(cutText("👍👍👍", 3)).toBe("👍👍👍");
    expect(cutText("👍👍👍👍", 3)).toBe("👍👍…");
    expect(toText(quotation("x".repeat(700)))).toContain("(cut; 700 characters in all)");
    expect(toText(quotation("x"))).toBe('<p class="quote" dir="auto">x</p>');
  });
});

describe("styleSheet()", () => {
  it("refuses what could end the element", () => {
    expect(() => styleSheet("</style>")).toThrow(RangeError);
  });
});

describe("joined()", () => {
  it("puts the separator between, not around", () => {
    expect(joined(["a", "b"], ", ")).toEqual(["a", ", ", "b"]);
    expect(joined([], ", ")).toEqual([]);
  });
});
