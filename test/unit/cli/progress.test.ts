import { describe, expect, it } from "vitest";
import { Writable } from "node:stream";
import { openReporter, progressLine, type Reporter } from "../../../src/cli/progress.js";

/** A reporter on a stream that keeps what is written, with a clock that the test sets. */
function reporterOn({ tty, quiet = false }: { readonly tty: boolean; readonly quiet?: boolean }) {
  const written: string[] = [];
  const time = { now: 0 };
  const stream = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written.push(chunk.toString());
        done();
      },
    }),
    { isTTY: tty, columns: 40 },
  );
  const reporter: Reporter = openReporter({ quiet, stream, clock: () => time.now });
  return { reporter, time, said: () => written.join("") };
}

const CLEARED = "\r\u001b[K";

describe("openReporter()", () => {
  it("says a line a call, control characters as escapes [C17]", () => {
    const { reporter, said } = reporterOn({ tty: true });
    reporter.say("a\nb\u001b[2J");
    reporter.warn("c");
    expect(said()).toBe("a\\u000ab\\u001b[2J\nwarning: c\n");
  });

  it("says nothing when quiet", () => {
    const { reporter, time, said } = reporterOn({ tty: true, quiet: true });
    const meter = reporter.meter("embedding", 10);
    reporter.warn("c");
    time.now = 60_000;
    meter.update(5);
    meter.end();
    reporter.clear();
    expect(said()).toBe("");
  });

  it("draws a meter on a terminal in one line, and removes it before a line, at its end and when cleared", () => {
    const { reporter, time, said } = reporterOn({ tty: true });
    const meter = reporter.meter("embedding", 10);
    const line = "embedding: 5 of 10, 5.0/s, 1 s left";
    const draw = (): void => {
      time.now += 1000;
      meter.update(5);
    };
    draw();
    expect(said()).toBe(line);
    reporter.say("a");
    expect(said()).toBe(`${line}${CLEARED}a\n`);
    for (const end of [() => reporter.clear(), () => meter.end()]) {
      const before = said();
      draw();
      const drawn = said().slice(before.length);
      expect(drawn).toMatch(/^embedding: 5 of 10/);
      end();
      end();
      expect(said().slice(before.length)).toBe(`${drawn}${CLEARED}`);
    }
  });

  it("cuts a meter that is wider than the terminal, so that it stays one line", () => {
    const { reporter, time, said } = reporterOn({ tty: true });
    const meter = reporter.meter("embedding the texts of the target's domain");
    time.now = 1000;
    meter.update(5);
    expect(said()).toHaveLength(39);
  });

  it("escapes control characters in a meter too", () => {
    const { reporter, time, said } = reporterOn({ tty: true });
    const meter = reporter.meter("a\u001b[2J\u202e");
    time.now = 1000;
    meter.update(5);
    expect(said()).toMatch(/^a\\u001b\[2J\\u202e: 5/);
  });

  it("says a line every five seconds where there is no terminal", () => {
    const { reporter, time, said } = reporterOn({ tty: false });
    const meter = reporter.meter("embedding", 60);
    for (time.now = 1000; time.now <= 11_000; time.now += 1000) meter.update(time.now / 1000);
    meter.end();
    expect(said().split("\n")).toEqual([
      "embedding: 5 of 60, 1.0/s, 55 s left",
      "embedding: 10 of 60, 1.0/s, 50 s left",
      "",
    ]);
  });
});

describe("progressLine()", () => {
  it.each([
    [{ done: 12_288, total: 47_510, seconds: 10 }, "embedding: 12,288 of 47,510, 1,229/s, 29 s left"],
    [{ done: 3, total: undefined, seconds: 1 }, "embedding: 3, 3.0/s"],
    [{ done: 0, total: 10, seconds: 1 }, "embedding: 0 of 10, 0.0/s"],
    [{ done: 10, total: 6010, seconds: 1 }, "embedding: 10 of 6,010, 10/s, 10 min left"],
    [{ done: 1, total: 7201, seconds: 1 }, "embedding: 1 of 7,201, 1.0/s, 2.0 h left"],
    [{ done: 12, total: 10, seconds: 1 }, "embedding: 12 of 10, 12/s, 0 s left"],
  ])("puts %j into words", (at, line) => {
    expect(progressLine("embedding", at)).toBe(line);
  });
});
