/** Rows as blocks: the name of the row, then a line for each cell that has a value, behind the title of its column. */
const stackedTables = (medium: string, table: string): string => `@media ${medium} {
  ${table}, ${table} tbody, ${table} tr { display: block; }
  ${table} thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; }
  ${table} tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  ${table} tbody tr > th { display: block; padding: 0; border: 0; font-weight: 600; }
  ${table} tbody tr > td { display: flex; justify-content: space-between; gap: 1rem; padding: .1rem 0; border: 0; text-align: right; }
  ${table} tbody td[data-title] { white-space: normal; }
  ${table} td::before { content: attr(data-title); flex: none; max-width: 50%; color: var(--soft); text-align: left; }
  ${table} td.none { display: none; }
}`;

/** The card's style sheet for light and dark mode and for print. */
export const styles = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --sheet: #ffffff; --ink: #1b2330; --soft: #5d6878; --line: #e1e5eb; --wash: #f1f4f8;
  --accent: #2f64c4; --good: #1c7a4c; --good-wash: #e3f4ea; --bad: #b3323a; --bad-wash: #fbe7e8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #11151b; --sheet: #191f28; --ink: #e4e8ee; --soft: #9aa5b4; --line: #2c3542; --wash: #212935;
    --accent: #7ba7f5; --good: #6fd09b; --good-wash: #173226; --bad: #f08c92; --bad-wash: #3a1d21;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
header, section { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem 1.75rem; margin-bottom: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .1rem 0 .75rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 0 0 .9rem; }
h3 { font-size: .95rem; margin: 1.4rem 0 .4rem; }
p { margin: .3rem 0; max-width: 46rem; }
ul { margin: .4rem 0; padding-left: 1.2rem; max-width: 48rem; }
li { margin: .2rem 0; }
a { color: var(--accent); }
code { font: .86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.small { color: var(--soft); font-size: .88rem; }
.badges { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; padding: 0; }
.badges li { margin: 0; padding: .1rem .7rem; border-radius: 99px; background: var(--wash); font-size: .88rem; font-weight: 500; }
.badges .good { background: var(--good-wash); color: var(--good); }
.badges .bad { background: var(--bad-wash); color: var(--bad); }
.headline { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 2rem; margin-top: 1.2rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
.headline > div { flex: 1 1 13rem; }
.figure span { display: block; color: var(--soft); }
.figure strong { font-size: 2.6rem; line-height: 1.1; font-weight: 600; letter-spacing: -.02em; }
.headline-chart { flex: 3 1 24rem; min-width: 0; width: 100%; height: auto; font-size: 12px; }
.headline-chart.narrow { display: none; max-width: 22rem; }
.headline-chart text { fill: var(--soft); }
.headline-chart .grid { stroke: var(--line); }
.headline-chart .interval { fill: var(--accent); opacity: .3; }
.headline-chart .value { fill: var(--accent); stroke: var(--sheet); stroke-width: 2; }
.headline-chart .target { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
.headline-chart .target-label { fill: var(--ink); }
.headline-chart .other { stroke: var(--soft); stroke-width: 1.5; }
.banner { margin: 0 0 1rem; padding: .6rem .9rem; border: 2px solid var(--bad); border-radius: 6px; color: var(--bad); }
.reasons { margin-top: 1rem; padding-top: .8rem; border-top: 1px solid var(--line); }
.links { display: none; }
.remark { color: var(--bad); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 0 .25rem 1rem; font-size: .9rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .45rem .9rem .45rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 500; font-size: .84rem; white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 500; }
tbody tr:last-child > * { border-bottom: 0; }
tbody tr:hover { background: var(--wash); }
[data-numeric] { text-align: right; white-space: nowrap; }
td.good { color: var(--good); } td.bad { color: var(--bad); white-space: nowrap; } td.muted, td.none { color: var(--soft); }
table + ul, .scroll + ul { color: var(--soft); font-size: .88rem; margin-top: .8rem; }
dl { margin: 0; font-size: .92rem; }
dl > div { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; gap: 1rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
dl > div:last-child { border-bottom: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
dl + ul { margin-top: .9rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.75rem 2rem; }
figure { margin: 0; }
figure svg { display: block; max-width: 100%; height: auto; margin: 0 auto; }
figcaption { margin-top: .5rem; font-size: .88rem; color: var(--soft); }
figcaption strong { color: var(--ink); }
${stackedTables('screen and (max-width: 44rem)', 'table')}
@media screen and (max-width: 44rem) {
  header, section { padding: 1.1rem; } dl > div { grid-template-columns: 1fr; gap: 0; }
  .links { display: block; }
  .headline-chart.wide { display: none; } .headline-chart.narrow { display: block; }
}
${stackedTables('print', 'table.wide')}
@media print {
  @page { margin: 15mm; }
  :root { color-scheme: light; --paper: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #fff; --accent: #2f64c4; --good: #1c7a4c; --good-wash: #fff; --bad: #b3323a; --bad-wash: #fff; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } nav { display: none; }
  header, section { border: 0; border-radius: 0; padding: 0 0 1rem; }
  table.wide tbody { columns: 2; column-gap: 2.5rem; } table.wide tr { break-inside: avoid; }
  .scroll { overflow: visible; } table { font-size: 8.5pt; } th, td { padding-right: .5rem; } thead th { font-size: 8pt; } thead th, [data-numeric] { white-space: normal; }
  tr, figure, dl > div { break-inside: avoid; } h2, h3, thead { break-after: avoid; }
  .plots { grid-template-columns: 1fr 1fr; }
}
`;
