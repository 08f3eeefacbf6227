/** How ladders look; the colours are those of the pages. */
export const LADDER_STYLE = `
.ladder { display: block; width: calc(100% - 6rem); max-width: 46rem; margin: .75rem 1.5rem 1rem 4.5rem; overflow: visible; font-size: 13px; }
.ladder svg { overflow: visible; }
.ladder text { fill: var(--text); }
.ladder .party { fill: var(--panel); stroke: var(--line); }
.ladder text.party { fill: var(--text); stroke: none; font-size: 12px; font-weight: 700; letter-spacing: .06em; text-anchor: middle; }
.ladder .life { stroke: var(--line); stroke-width: 1.5; }
.ladder .life.open { stroke-dasharray: 2 3; }
.ladder .hit { fill: transparent; }
.ladder .time { fill: var(--quiet); font-size: 12px; text-anchor: end; font-variant-numeric: tabular-nums; }
.ladder .name { font-weight: 600; }
.ladder .meta { fill: var(--quiet); font-size: 12px; text-anchor: end; font-variant-numeric: tabular-nums; }
.ladder .note { fill: var(--quiet); font-size: 12px; }
.ladder .middle { text-anchor: middle; }
.ladder .arrow { fill: var(--line); stroke: none; }
.ladder .arrow line { stroke: var(--line); stroke-width: 1.5; }
.ladder .quiet .name { fill: var(--quiet); font-weight: 400; }
.ladder .quiet .arrow line { stroke-dasharray: 5 3; }
.ladder .good .name, .ladder .good .arrow { fill: var(--good); }
.ladder .good .arrow line { stroke: var(--good); }
.ladder .bad .name, .ladder .bad .note, .ladder .bad .arrow { fill: var(--bad); }
.ladder .bad .arrow line { stroke: var(--bad); stroke-width: 2; }
.ladder a:hover .hit, .ladder a:focus-visible .hit { fill: var(--panel); }
.ladder a:hover .name { text-decoration: underline; }
.ladder a:focus-visible { outline: none; }
.ladder a:focus-visible .hit { stroke: var(--accent); stroke-width: 3; }
@media (max-width: 40rem) {
  .ladder { width: calc(100% - 4.5rem); margin-left: 3.4rem; margin-right: 1.1rem; }
  .ladder .time, .ladder .meta, .ladder .note { font-size: 11px; }
  .ladder .long { font-size: 10.5px; }
  .ladder .meta { transform: translateY(25px); }
  .ladder .word { display: none; }
}
@media (forced-colors: active) {
  .ladder text { fill: CanvasText; }
  .ladder .arrow line, .ladder .life { stroke: CanvasText; }
  .ladder .arrow { fill: CanvasText; }
}
`;
