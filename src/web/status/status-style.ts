/** How status, sessions and envelopes look. */
export const STATUS_STYLE = `
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.cards section { border: 1px solid var(--faint); border-radius: 8px; padding: .25rem 1rem 1rem; min-width: 0; }
.cards section.wide { grid-column: 1 / -1; }
@media (min-width: 56rem) { .cards section:nth-child(2) { grid-row: span 2; } }
.cards.even { grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.cards.even dl { grid-template-columns: minmax(5rem, max-content) 1fr; }
.cards.even section:nth-child(2) { grid-row: auto; }
.cards h2 { margin: .6rem 0; }
th, .moment span { overflow-wrap: normal; white-space: nowrap; }
.event { display: inline-block; white-space: nowrap; border: 1px solid var(--faint); border-radius: 1rem; padding: 0 .55rem; font-size: .875rem; margin: 0 0 .2rem; }
.mark { font-weight: 600; white-space: nowrap; }
.mark.complete { color: var(--good); }
.mark.failed { color: var(--bad); }
.mark.running { color: var(--accent); }
@media (max-width: 40rem) {
  .extra { display: none; }
  .sessions { font-size: .8125rem; }
  .sessions th, .sessions td { padding: .4rem .25rem; }
  .sessions .event { font-size: .75rem; padding: 0 .4rem; }
}
.outcome { margin: 0 0 .5rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
[data-in] { font-variant-numeric: tabular-nums; }
.envelope { margin: 0; padding: .75rem 1rem; border: 1px solid var(--faint); border-radius: 6px; background: var(--panel); font: .8125rem/1.55 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; }
.envelope .tag { color: var(--quiet); }
.progress { margin: .25rem 0; font-variant-numeric: tabular-nums; }
.progress progress { width: 100%; max-width: 20rem; display: block; accent-color: var(--accent); }
.neighbours { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
`;
