/** Style of the page: warm paper in light, slate in dark, plain on paper; numbers in columns; no color without a shape. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #ffffff; --ink: #20242d; --soft: #565d6b; --line: #dfdcd4; --rail: #eeece6;
  --source: #2f5f9e; --target: #b0481a; --trained: #10716a; --baseline: #5f6673;
  --hit: 47 95 158; --miss: 176 72 26; --depth: .5; --warn: #fff5df; --warn-line: #d9a940;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #13161b; --card: #1b1f26; --ink: #e9e7e2; --soft: #a9b0bc; --line: #323843; --rail: #272c35;
    --source: #8db4ee; --target: #f2a26b; --trained: #5fcabb; --baseline: #a9b0bc;
    --hit: 94 139 205; --miss: 205 112 62; --depth: .42; --warn: #2b2415; --warn-line: #a88638;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 58rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font: 600 clamp(1.45rem, 1.1rem + 1.9vw, 2.15rem)/1.25 ui-serif, Georgia, "Times New Roman", serif; margin: .4rem 0 1rem; text-wrap: balance; }
h2 { font: 600 1.3rem/1.3 ui-serif, Georgia, "Times New Roman", serif; margin: 0 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .3rem; }
p { margin: 0 0 .8rem; }
ul, ol { margin: 0; padding-left: 1.3rem; }
bdi { unicode-bidi: isolate; }
.term { white-space: nowrap; }
code { font: .88em ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--rail); padding: .1em .3em; border-radius: 4px; white-space: nowrap; }
pre { margin: 0; padding: .7rem .9rem; background: var(--rail); border-radius: 8px; white-space: pre-wrap; }
pre code { padding: 0; background: none; white-space: inherit; }
dd code, .long { white-space: normal; }
small, .note { color: var(--soft); font-size: .84rem; }
section { margin-top: 1.5rem; padding: 1.4rem 1.5rem 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.kicker { color: var(--soft); font-size: .84rem; letter-spacing: .04em; margin: 0; }
.findings { max-width: 46rem; }
.findings li { margin-bottom: .35rem; }
.findings { list-style: none; padding: 0; }
nav { margin-top: 1.2rem; font-size: .9rem; display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; }
a { color: var(--source); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: .75rem; margin: 1.3rem 0 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .8rem 1rem; display: flex; flex-direction: column; }
.tiles dt { color: var(--soft); font-size: .84rem; }
.tiles dd { margin: 0; }
.tiles dd small { display: block; line-height: 1.35; }
.tiles dd b { display: block; font-size: 1.55rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles dd b.phrase { font-size: 1.15rem; line-height: 1.75; }
.warnings { margin-top: 1.3rem; padding: .9rem 1.2rem; background: var(--warn); border: 1px solid var(--warn-line); border-radius: 12px; }

.chart { list-style: none; padding: 0; margin: 1.1rem 0 .6rem; }
.chart li { display: grid; grid-template-columns: 15.5rem 1fr 11.5rem; column-gap: 1.5rem; align-items: center; }
.chart.shares li { grid-template-columns: 12rem 1fr; padding-right: 1rem; }
.chart.shares li:not(:first-child, .foot) { border-top: 1px solid var(--line); }
.chart.shares .plot { min-height: 44px; }
.chart.shares .axis { min-height: 18px; }
.chart .name { padding: .5rem 0; line-height: 1.3; }
.chart small { display: block; }
.chart .value { text-align: right; line-height: 1.25; font-variant-numeric: tabular-nums; }
.shape { vertical-align: -3px; }
.chart .value span { white-space: nowrap; }
.plot { position: relative; align-self: stretch; min-height: 30px; }
.track { position: absolute; inset: 0; overflow: visible; }
.axis { min-height: 18px; }
.axis text { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--line); }
.reference { stroke: var(--target); stroke-dasharray: 3 4; opacity: .75; }
.whisker { stroke-width: 2; }
.source { color: var(--source); } .target { color: var(--target); } .trained { color: var(--trained); } .baseline { color: var(--baseline); }
.track .whisker { stroke: currentColor; }
.mark { fill: currentColor; stroke: var(--card); stroke-width: 1.5; }
.baseline .mark { fill: var(--card); stroke: currentColor; stroke-width: 2; }

.plane { width: 100%; max-width: 27rem; display: block; }
.plane text { fill: var(--soft); font-size: 4px; }
.plane .grid { stroke-width: .4; }
.plane .reference { stroke-width: .6; stroke-dasharray: 2 2; }
.plane .curve { fill: none; stroke: currentColor; stroke-width: .8; }
.plane .mark { stroke-width: .4; fill-opacity: .8; }
.plane .whisker { stroke: currentColor; stroke-width: .4; }

.lines { position: relative; height: 23rem; margin: 1rem 0 .6rem; }
.lines .field { position: absolute; inset: 1.6rem 10.5rem 2.9rem 2.6rem; }
.lines text { fill: var(--soft); font-size: 12.5px; }
.lines .curve { fill: none; stroke: currentColor; stroke-width: 2; vector-effect: non-scaling-stroke; }
.lines .band { fill: currentColor; fill-opacity: .12; }
.lines .whisker { fill: none; stroke: currentColor; stroke-width: 1.5; }
.lines .leader { fill: none; stroke: var(--soft); stroke-dasharray: 1 3; vector-effect: non-scaling-stroke; }
.lines .border { stroke: var(--soft); stroke-dasharray: 5 4; }
.lines .line-name text { fill: var(--ink); }
.legend { display: none; list-style: none; padding: 0; margin: 0; position: absolute; bottom: 0; left: 0; right: 0; font-size: .84rem;
  flex-wrap: wrap; gap: .1rem 1rem; }
.legend .curve { stroke-width: 2; fill: none; stroke: currentColor; }

.labels { display: grid; grid-template-columns: 1fr 1fr; gap: 1.1rem 2.2rem; margin: 1rem 0; }
.line { display: grid; grid-template-columns: 4.4rem 1fr auto; gap: .7rem; align-items: center; font-variant-numeric: tabular-nums; }
.line .value { min-width: 7.4rem; white-space: nowrap; }
.line .side { color: var(--soft); font-size: .84rem; }
.line .note { grid-column: 2 / -1; }
.bar { display: block; }
.rail { fill: var(--rail); }
.fill { stroke: currentColor; stroke-width: 1.5; fill: currentColor; }
.fill.source { fill-opacity: .22; }

.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; width: 100%; }
caption { text-align: left; color: var(--soft); font-size: .84rem; padding-bottom: .4rem; }
th, td { padding: .4rem .6rem; text-align: right; font-weight: normal; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
thead th { color: var(--soft); font-size: .84rem; vertical-align: bottom; }
tbody th, thead :first-child { text-align: left; }
th bdi, td bdi { display: inline-block; max-width: 12rem; overflow-wrap: break-word; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem 2rem; }
.confusion { border-collapse: separate; border-spacing: 3px; }
.confusion th, .confusion td { border: 0; padding: .35rem .3rem; text-align: center; line-height: 1.25; }
.confusion tbody th { text-align: left; }
.confusion td b { display: block; }
.confusion small { color: inherit; white-space: nowrap; }
.confusion .corner { color: var(--soft); font-size: .75rem; text-align: left; min-width: 4.5rem; }
.hit, .miss { border-radius: 6px; min-width: 3.4rem; }
.hit { background: rgb(var(--hit) / calc(var(--share) * var(--depth))); box-shadow: inset 0 0 0 2px rgb(var(--hit) / .8); }
.miss { background: rgb(var(--miss) / calc(var(--share) * var(--depth))); }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.3rem, 1fr)); gap: .9rem; margin-bottom: 1.2rem; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .8rem .9rem; }
.card .note { margin-bottom: .3rem; }
.files { font-size: .9rem; }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 14rem 1fr; gap: .2rem 1.2rem; padding: .45rem 0; }
dl > div + div { border-top: 1px solid var(--line); }
dt { color: var(--soft); }
dt b { color: var(--ink); }
dd { margin: 0; min-width: 0; }
.card dl > div { grid-template-columns: 1fr auto; padding: .2rem 0; font-size: .9rem; font-variant-numeric: tabular-nums; border: 0; }

.sign { display: inline-block; min-width: 1.2em; text-align: center; }
.sign.positive { color: var(--trained); } .sign.negative { color: var(--target); } .sign.neutral, .sign.unknown { color: var(--baseline); }
.advice li { margin-bottom: .5rem; }
.texts { list-style: none; padding: 0; }
.texts li { padding: .8rem 0; border-top: 1px solid var(--line); }
.quote { white-space: pre-wrap; margin: 0 0 .3rem; }
.labeled { margin: 0; font-size: .9rem; color: var(--soft); display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; }
.labeled b { color: var(--ink); font-weight: 600; }
summary { cursor: pointer; color: var(--source); margin: .4rem 0; }
section > :last-child { margin-bottom: 0; }
footer { margin-top: 1.5rem; color: var(--soft); font-size: .84rem; }

@media (max-width: 44rem) {
  main { padding: 1.4rem .9rem 3rem; }
  section { padding: 1.1rem 1rem 1.2rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles div { padding: .7rem .8rem; }
  .tiles dd b.phrase { font-size: 1rem; line-height: 1.5; }
  .chart li { grid-template-columns: 1fr auto; column-gap: .8rem; padding-top: .5rem; }
  .chart.shares li { grid-template-columns: minmax(0, 1fr); }
  .chart .name { padding: 0; }
  .chart .value { align-self: start; }
  .chart .plot { grid-column: 1 / -1; grid-row: 2; margin: 0 8px; }
  .chart .value small { font-size: 0; }
  .chart .value small span { display: block; font-size: .84rem; }
  .chart .foot .blank { display: none; }
  .chart .foot { padding-top: 0; }
  .lines { height: 24rem; }
  .lines .field { inset: 1.6rem .5rem 8rem 2.4rem; }
  .lines .line-name, .lines .leader { display: none; }
  .legend { display: flex; min-height: 4.6rem; align-content: start; }
  .plane text { font-size: 4.6px; }
  .labels, .pair { grid-template-columns: minmax(0, 1fr); }
  dl > div { grid-template-columns: minmax(0, 1fr); }
  th, td { padding: .35rem .35rem; }
  th bdi, td bdi { max-width: 7rem; }
  td small { display: block; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --rail: #eee; --source: #2f5f9e; --target: #b0481a;
    --trained: #10716a; --baseline: #555; --hit: 47 95 158; --miss: 176 72 26; --depth: .5; --warn: #fff; --warn-line: #777; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  body { font-size: 10.5pt; }
  main { padding: 0; max-width: none; }
  section { border-width: 1px 0 0; border-radius: 0; padding: .8rem 0; }
  nav { display: none; }
  h2, h3 { break-after: avoid; }
  .chart li, .label, .card, .texts li, table, .tiles { break-inside: avoid; }
}
`;
