import { describe, expect, it } from "vitest";
import { bar, intervalTrack, marksTrack } from "../../../../src/report/html/chart.js";
import { confusionGrid, rankedConfusions } from "../../../../src/report/html/confusionMatrix.js";
import { toText } from "../../../../src/report/html/html.js";
import { scaleOver } from "../../../../src/report/html/scale.js";

describe("intervalTrack()", () => {
  const track = toText(intervalTrack(0.5, { mark: "target", interval: [0.25, 0.75], reference: 0.6, label: '"half"' }));

  it("draws the mark at the value, the whisker over the interval and the reference across", () => {
    expect(track).toContain('<line class="whisker" x1="25.00%" x2="75.00%"');
    expect(track).toMatch(/<svg x="50\.00%" y="50%"[^>]*><path class="mark"/);
    expect(track).toContain('<line class="reference" x1="60.00%" x2="60.00%"');
  });

  it("says in words what it shows", () => {
    expect(track).toContain('role="img" aria-label="&quot;half&quot;"');
    expect(track).toContain("<title>&quot;half&quot;</title>");
  });

  it("has no whisker without an interval and stays inside the track", () => {
    const bare = toText(intervalTrack(1.7, { mark: "baseline", label: "x" }));
    expect(bare).not.toContain("whisker");
    expect(bare).toContain('<svg x="100.00%"');
    expect(toText(intervalTrack(-1, { mark: "baseline", label: "x" }))).toContain('<svg x="0.00%" y="50%"');
  });

  it("has whisker ends that reach above and below every mark, so that no interval is too narrow to be seen", () => {
    for (const mark of ["source", "target", "trained", "baseline"] as const) {
      const narrow = toText(intervalTrack(0.5, { mark, interval: [0.499, 0.501], label: "" }));
      const [, from, to] = /class="whisker" d="M0(-?[\d.]+)V([\d.]+)"/.exec(narrow)!;
      const heights = /class="mark" d="([^"]+)"/
        .exec(narrow)![1]
        .match(/-?[\d.]+/g)!
        .map(Number);
      expect(Number(from)).toBeLessThan(Math.max(-6.5, Math.min(...heights)));
      expect(Number(to)).toBeGreaterThan(6.5);
    }
  });

  it("draws an arrow at the end where the value lies off the scale, and no whisker end there", () => {
    const scale = scaleOver([0.7, 0.9]);
    const off = toText(intervalTrack(0.3, { mark: "baseline", interval: [0.2, 0.8], label: "", scale }));
    expect(off).toMatch(/<svg x="0\.00%" y="50%"[^>]*><path class="mark" d="M5-6L-5 0L5 6z"/);
    expect(off.match(/d="M0-9V9"/g)).toHaveLength(1);
  });

  it("gives every kind of mark a shape of its own", () => {
    const shapes = (["source", "target", "trained", "baseline"] as const).map(
      (mark) => / d="([^"]+)"/.exec(toText(intervalTrack(0.5, { mark, label: "" })))?.[1],
    );
    expect(new Set(shapes).size).toBe(4);
  });
});

describe("marksTrack()", () => {
  it("has each mark at its value, and none on another", () => {
    const marks = (["source", "target", "trained"] as const).map((mark) => ({ mark, value: 0.5 }));
    const places = [...toText(marksTrack(marks, { label: "x" })).matchAll(/<svg x="50\.00%" y="([\d.]+%)"/g)];
    expect(places.map(([, y]) => y)).toEqual(["25.0%", "50.0%", "75.0%"]);
  });
});

describe("bar()", () => {
  it("is as wide as its value", () => {
    expect(toText(bar(0.123, "source", "F1"))).toContain('width="12.30%"');
  });
});

describe("confusionGrid()", () => {
  it("shows counts and shares of the row, and none for a label without rows", () => {
    const grid = toText(
      confusionGrid(
        {
          labels: ["a", "b"],
          counts: [
            [3, 1],
            [0, 0],
          ],
        },
        "here",
      ),
    ).replace(/\n/g, "");
    expect(grid).toContain('<td class="hit" style="--share:0.750"><b>3</b> <small>75\u00a0%</small></td>');
    expect(grid).toContain('<td class="miss" style="--share:0.250"><b>1</b> <small>25\u00a0%</small></td>');
    expect(grid).toContain('<td class="hit" style="--share:0.000"><b>0</b> <small>–</small></td>');
    expect(grid).toContain('<th scope="col"><bdi>a</bdi></th>');
  });

  it("lists the most frequent confusions where there are too many labels for a grid", () => {
    const labels = Array.from({ length: 13 }, (_, c) => `label ${c}`);
    const counts = labels.map((_, t) => labels.map((_label, p) => (t === 2 && p === 5 ? 7 : t === p ? 9 : 0)));
    const list = toText(confusionGrid({ labels, counts }, "here")).replace(/\n/g, "");
    expect(list).not.toContain("--share");
    expect(list).toMatch(/label 2<.*label 5<.*<td>7<\/td><td>44\u00a0%<\/td>/);
  });
});

describe("rankedConfusions()", () => {
  it("leaves out the diagonal and empty cells, largest first", () => {
    const confusion = {
      labels: ["a", "b", "c"],
      counts: [
        [50, 1, 0],
        [4, 60, 2],
        [0, 0, 9],
      ],
    };
    expect(rankedConfusions(confusion, 2)).toEqual([
      { truth: "b", predicted: "a", rows: 4, share: 4 / 66 },
      { truth: "b", predicted: "c", rows: 2, share: 2 / 66 },
    ]);
    expect(rankedConfusions(confusion, 9)).toHaveLength(3);
  });
});
