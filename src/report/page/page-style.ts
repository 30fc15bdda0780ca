const HEATS = Array.from({ length: 11 }, (_, i) => `.heat-${i}{--heat:${i * 5}%}`).join('');

/** How the page looks: light and dark by the reader's system or choice, narrow and wide, and on paper. */
export const PAGE_STYLE = /* css */ `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf8, #14161a);
  --card: light-dark(#ffffff, #1c1f25);
  --ink: light-dark(#1b1d21, #eceae6);
  --soft: light-dark(#5a5f69, #a4a9b3);
  --rule: light-dark(#e3e1dc, #31353d);
  --track: light-dark(#eceae6, #2a2e35);
  --accent: light-dark(#0b5cad, #7cb7f5);
  --good: light-dark(#18794e, #52c793);
  --bad: light-dark(#b4381f, #f0937d);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
:root[data-theme="light"] { color-scheme: light }
:root[data-theme="dark"] { color-scheme: dark }
.tone-0 { --tone: light-dark(#9a9ea6, #6d727c) }
.tone-1 { --tone: light-dark(#0b6bc7, #6db3f8) }
.tone-2 { --tone: light-dark(#1c8c5a, #4fcf97) }
.tone-3 { --tone: light-dark(#b02a80, #f084c4) }
.tone-4 { --tone: light-dark(#c2570c, #f5a55c) }
.tone-5 { --tone: light-dark(#6b4fc4, #b3a1f7) }
.tone-6 { --tone: light-dark(#8a6d00, #d9bd4a) }
.tone-7 { --tone: light-dark(#b3303a, #f58a90) }
.tone-8 { --tone: light-dark(#0c7d86, #56cdd6) }
* { box-sizing: border-box }
html { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; -webkit-text-size-adjust: 100% }
body { overflow-wrap: break-word; max-width: 70rem; margin: 0 auto; padding: 1.25rem clamp(1rem, 4vw, 2.5rem) 3rem }
header.page { display: flex; justify-content: space-between; align-items: center; min-height: 2.25rem }
h1, h2, h3, h4, p, dl, dd, ul, ol, figure { margin: 0; padding: 0 }
h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.3rem); line-height: 1.15; letter-spacing: -0.02em; text-wrap: balance; overflow-wrap: anywhere }
h2 { font-size: 1.6rem; letter-spacing: -0.015em; overflow-wrap: anywhere }
h3 { font-size: 1.15rem; margin-bottom: 0.6rem }
h4 { font-size: 0.95rem }
section { margin-top: 2.75rem }
article + article, section + article, article + section { margin-top: 3.5rem; padding-top: 2.25rem; border-top: 2px solid var(--rule) }
code { font-family: var(--mono); font-size: 0.92em; overflow-wrap: anywhere }
a { color: var(--accent) }
.kicker { color: var(--soft); font-size: 0.8rem; letter-spacing: 0.08em; text-transform: uppercase }
.facts { display: flex; flex-wrap: wrap; gap: 0.1rem 0.45rem; margin-top: 0.6rem; color: var(--soft); list-style: none; font-size: 0.95rem }
.facts li + li::before { content: "· " }
.note { color: var(--soft); font-size: 0.9rem; margin-bottom: 1rem }
button { font: inherit; font-size: 0.85rem; color: var(--ink); background: var(--card); border: 1px solid var(--rule); border-radius: 0.5rem; padding: 0.25rem 0.7rem; min-height: 2rem; min-width: 2rem; cursor: pointer }
button:hover { border-color: var(--accent) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 0.3rem }
[hidden] { display: none !important }

.best { margin-top: 1.75rem; padding: 1.25rem 1.5rem 1.4rem; background: var(--card); border: 1px solid var(--rule); border-left: 4px solid var(--good); border-radius: 0.75rem }
.prompt { display: flex; gap: 1rem; align-items: flex-start; justify-content: space-between; margin: 0.35rem 0 0.8rem }
.prompt button { flex: none }
.prompt code { font-size: clamp(1.15rem, 0.95rem + 1.2vw, 1.6rem); line-height: 1.35; white-space: pre-wrap }
.use { margin-top: 0.8rem; color: var(--soft); font-size: 0.92rem }
.use b, .use code { color: var(--ink); font-weight: 600 }
.tokens { display: flex; flex-wrap: wrap; gap: 0.35rem; list-style: none }
.tokens li { display: grid; max-width: 100%; text-align: center; border: 1px solid var(--rule); border-radius: 0.4rem; overflow: hidden; font-size: 0.8rem; line-height: 1.35 }
.tokens code { padding: 0.1rem 0.45rem; font-size: 0.95em }
.tokens span { padding: 0 0.45rem; background: var(--track); color: var(--soft); font-size: 0.72rem; font-variant-numeric: tabular-nums }

.tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: 0.75rem; margin-top: 0.75rem }
.tiles div { grid-column: span 2; background: var(--card); border: 1px solid var(--rule); border-radius: 0.75rem; padding: 0.8rem 1rem; min-width: 0 }
.tiles dt { color: var(--soft); font-size: 0.85rem }
.tiles strong { display: block; font-size: 1.7rem; font-weight: 650; line-height: 1.25; letter-spacing: -0.01em; font-variant-numeric: tabular-nums }
.tiles span { display: block; color: var(--soft); font-size: 0.82rem }
.tiles .gain { color: var(--good); margin-top: 0.2rem }

.scroll { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem }
caption { text-align: left; color: var(--soft); font-size: 0.88rem; padding-bottom: 0.5rem }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.75rem 0.5rem 0; border-bottom: 1px solid var(--rule); font-weight: 400 }
thead th { color: var(--soft); font-size: 0.82rem; white-space: nowrap; vertical-align: bottom }
thead th span { display: block; font-size: 0.78rem }
tbody th { min-width: 11rem }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td:last-child, th:last-child { padding-right: 0.25rem }
.number + td:not(.number), .number + th:not(.number) { padding-left: 0.75rem }
td.wide { width: 34%; min-width: 7rem }
tr.chosen th, tr.chosen td { font-weight: 650 }
tr.chosen .tokens { font-weight: 400 }
tbody .tokens { margin-top: 0.35rem }
i { color: var(--soft) }
.bar { display: block; width: 100%; height: 0.7rem; margin-top: 0.4rem }
.track { fill: var(--track) }
.fill { fill: var(--tone) }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.5rem 2.5rem; align-items: start }
.pair tbody th { min-width: 4rem }
.right { --cell: var(--good) }
.wrong { --cell: var(--bad) }
td.right, td.wrong { background: color-mix(in srgb, var(--cell) var(--heat), transparent); padding-right: 0.75rem }
${HEATS}

.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem }
h1 + .scroll, h2 + .scroll { margin-top: 1rem }
section > .scroll + .charts { margin-top: 1.5rem }
.chart { background: var(--card); border: 1px solid var(--rule); border-radius: 0.75rem; padding: 1rem 1.1rem 0.8rem; display: flex; flex-direction: column; min-width: 0; break-inside: avoid }
.chart figcaption { flex: 1 }
.chart figcaption p { color: var(--soft); font-size: 0.84rem }
.legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; list-style: none; font-size: 0.84rem; margin: 0.35rem 0 0.5rem }
.legend li { overflow-wrap: anywhere }
.key { width: 18px; height: 12px; margin-right: 0.4rem; vertical-align: -1px }
.frame { display: grid; grid-template: 13rem 1.3rem auto / 2.9rem minmax(0, 1fr) }
.frame svg { display: block; overflow: visible }
.y-axis { width: 100%; height: 100%; padding-right: 0.45rem }
.x-axis { grid-column: 2; width: 100%; height: 1.3rem }
.x-name { grid-column: 2; text-align: right; color: var(--soft); font-size: 0.78rem; line-height: 1.2 }
.y-axis text, .x-axis text { fill: var(--soft); font-size: 0.75rem; font-variant-numeric: tabular-nums }
.y-axis text { text-anchor: end }
.x-axis text { text-anchor: middle }
.x-axis text[text-anchor="start"] { text-anchor: start }
.x-axis text[text-anchor="end"] { text-anchor: end }
.plot { touch-action: pan-y; cursor: crosshair; user-select: none; -webkit-user-select: none }
.plot svg.curves { overflow: hidden }
.grid line { stroke: var(--rule); stroke-width: 1 }
.curves path, .key path { fill: none; stroke: var(--tone); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke }
.curves path.band { fill: var(--tone); stroke: none; opacity: 0.14 }
.curves path.dot { stroke-width: 7 }
.key path.dots { stroke-width: 3 }
.curves path.level, .key path.level { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; stroke-linecap: butt }
.curves path.level-1, .key path.level-1 { stroke-dasharray: 1.5 3.5 }
.cursor line { stroke: var(--soft); stroke-width: 1 }
.cursor rect { fill: var(--accent); opacity: 0.15 }
.tools { display: flex; flex-wrap: wrap; gap: 0.35rem; align-items: center; margin-top: 0.5rem }
.tools button { padding: 0 0.55rem; color: var(--soft) }
.tools output { flex: 1 1 12rem; min-height: 2.6em; font-size: 0.8rem; line-height: 1.3; color: var(--soft); font-variant-numeric: tabular-nums; display: grid; align-content: center; text-align: right }

.settings { columns: 3 16rem; column-gap: 2rem; margin: 0.4rem 0 1.4rem; font-size: 0.86rem }
.settings div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.18rem 0; border-bottom: 1px solid var(--rule); break-inside: avoid }
.settings dt { color: var(--soft) }
.settings dd { text-align: right; overflow-wrap: anywhere }
.warnings { padding-left: 1.1rem }
.warnings span { color: var(--soft) }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: 0.85rem }

@media screen and (max-width: 46rem) {
  .charts, .pair { grid-template-columns: minmax(0, 1fr) }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .tiles div { grid-column: auto }
  .tiles div:first-child:nth-last-child(6) { grid-column: 1 / -1 }
  .tiles div:last-child:nth-child(6) { grid-column: 1 / -1 }
  .best { padding: 1rem 1.1rem 1.2rem }
  section { margin-top: 2.25rem }
  .tools output { flex-basis: 100%; min-height: 1.3em; text-align: left }
  td.wide { display: none }
  tbody th { min-width: 9rem }
  .pair tbody th { min-width: 4rem }
  caption { max-width: calc(100vw - 2rem) }
  .stack table, .stack tbody, .stack caption { display: block }
  .stack thead { display: none }
  .stack tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.35rem 1rem; padding: 0.8rem 0; border-bottom: 1px solid var(--rule) }
  .stack th, .stack td, .stack .number + td:not(.number), .stack .number + th:not(.number) { text-align: left; padding: 0; border: 0; min-width: 0 }
  .stack th[scope="row"], .stack .full { grid-column: 1 / -1 }
  .stack th[scope="row"] { order: -1 }
  .stack td::before { content: attr(data-name); display: block; color: var(--soft); font-size: 0.78rem; font-weight: 400 }
  .stack td:empty { display: none }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; --paper: #fff }
  html { font-size: 11px }
  body { overflow-wrap: break-word; max-width: none; padding: 0 }
  button, .tools { display: none !important }
  .scroll { overflow: visible }
  tr, .best, .tiles div { break-inside: avoid }
  h2, h3, h4 { break-after: avoid }
  article + article { break-before: page; border: 0 }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
`;
