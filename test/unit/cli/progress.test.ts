import { describe, expect, it } from "vitest";
import { Writable } from "node:stream";
import {
  openReporter,
  progressBar,
  progressLine,
  type Reporter,
  type ReporterOptions,
} from "../../../src/cli/progress.js";

/** A reporter on a stream that keeps what it is given, with a clock that the test turns. */
function reporterOn({
  tty,
  columns = 40,
  ...options
}: Partial<ReporterOptions> & { readonly tty: boolean; readonly columns?: number }) {
  const written: string[] = [];
  const time = { now: 0 };
  const stream = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written.push(chunk.toString());
        done();
      },
    }),
    { isTTY: tty, columns },
  );
  const reporter: Reporter = openReporter({ quiet: false, stream, clock: () => time.now, ...options });
  return { reporter, time, said: () => written.join("") };
}

const CLEARED = "\r\u001b[K";

describe("openReporter()", () => {
  it("says a line a call, control characters as escapes [C17]", () => {
    const { reporter, said } = reporterOn({ tty: false });
    reporter.info("a\nb\u001b[2J");
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
    reporter.info("a");
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

  it("shows a bar with the share, the rate and the time left on a terminal that has room for it", () => {
    const { reporter, time, said } = reporterOn({ tty: true, columns: 80 });
    const meter = reporter.meter("embedding");
    time.now = 4000;
    meter.update(300, { about: 1234 });
    expect(said()).toBe("embedding [######...................]  24 % 300 of about 1,200, 75/s, 13 s left");
    time.now = 8000;
    meter.update(1234, 1234);
    expect(said().split(CLEARED)[1]).toBe(
      "embedding [#############################] 100 % 1,234 of 1,234, 154/s, 0 s left",
    );
  });

  it("draws no more often than ten times a second", () => {
    const { reporter, time, said } = reporterOn({ tty: true, columns: 80 });
    const meter = reporter.meter("embedding", 100);
    for (time.now = 0; time.now < 1000; time.now += 10) meter.update(50);
    expect(said().split(CLEARED)).toHaveLength(9);
  });

  it("colors warnings on a terminal, unless NO_COLOR says not to", () => {
    const warned = (options: Parameters<typeof reporterOn>[0]): string => {
      const { reporter, said } = reporterOn(options);
      reporter.warn("a\u001b[2J");
      return said();
    };
    expect(warned({ tty: true })).toBe("\u001b[33mwarning:\u001b[39m a\\u001b[2J\n");
    expect(warned({ tty: true, env: { NO_COLOR: "" } })).toContain("\u001b[33m");
    for (const options of [{ tty: true, env: { NO_COLOR: "1" } }, { tty: true, env: { TERM: "dumb" } }, { tty: false }])
      expect(warned(options)).toBe("warning: a\\u001b[2J\n");
  });

  it("says lines where the terminal knows no escape sequences", () => {
    const { reporter, time, said } = reporterOn({ tty: true, env: { TERM: "dumb" } });
    const meter = reporter.meter("embedding", 10);
    time.now = 5000;
    meter.update(5);
    expect(said()).toBe("embedding: 5 of 10, 1.0/s, 5 s left\n");
  });

  it("tells details only to those who asked for more", () => {
    for (const [verbose, told] of [
      [false, ""],
      [true, "a\n"],
    ] as const) {
      const { reporter, said } = reporterOn({ tty: false, verbose });
      reporter.detail("a");
      expect(said()).toBe(told);
    }
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
    [{ done: 12_288, total: { about: 47_510 }, seconds: 10 }, "embedding: 12,288 of about 48,000, 1,229/s, 29 s left"],
  ])("puts %j into words", (at, line) => {
    expect(progressLine("embedding", at)).toBe(line);
  });
});

describe("progressBar()", () => {
  it("is never wider than the terminal, and has no bar where one would be too short", () => {
    for (let columns = 1; columns < 120; columns++) {
      const bar = progressBar("embedding", { done: 5, total: 10, seconds: 1 }, columns);
      expect(bar.length).toBeLessThanOrEqual(columns);
      expect(bar.includes("[")).toBe(columns >= 51);
    }
  });

  it("has none where the total is not known, or is nothing", () => {
    for (const total of [undefined, 0])
      expect(progressBar("embedding", { done: 5, total, seconds: 1 }, 79)).not.toContain("[");
  });
});

describe("progressLine() of work that may end before", () => {
  it("says of the total and of the time left that they are the most", () => {
    const progress = { done: 1500, total: { atMost: 6000 }, seconds: 10 };
    expect(progressLine("training", progress)).toBe("training: 1,500 of at most 6,000, 150/s, at most 30 s left");
    expect(progressBar("training", progress, 100)).toMatch(/^training \[#+\.+\] +25 % 1,500 of at most 6,000, /);
  });
});
