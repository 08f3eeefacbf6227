/** The one stylesheet: system fonts, light and dark, from 360 pixels up. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #8c959f; --faint: #d0d7de; --panel: #f6f8fa;
  --accent: #0b5cad; --on-accent: #ffffff; --bad: #b3261e; --bad-ground: #fdecea; --good: #17662f; --good-ground: #e7f5ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1318; --text: #e6edf3; --quiet: #9da7b1; --line: #6e7681; --faint: #30363d; --panel: #171c23;
    --accent: #6cb0ff; --on-accent: #07121f; --bad: #ff9a91; --bad-ground: #3a1714; --good: #7ee29a; --good-ground: #12301b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
header { border-bottom: 1px solid var(--faint); background: var(--panel); }
nav, main { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
nav { display: flex; flex-wrap: wrap; }
nav a { padding: .75rem .75rem .6rem; color: var(--text); text-decoration: none; border-bottom: 3px solid transparent; }
nav a:hover { text-decoration: underline; }
nav a[aria-current] { border-bottom-color: var(--accent); font-weight: 600; }
main { padding-bottom: 3rem; }
.above { max-width: 72rem; margin: 0 auto; padding: .6rem 1.75rem 0; }
.together { white-space: nowrap; }
.inline { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; }
.inline label { position: absolute; left: -99rem; }
.inline input:not([type=checkbox]) { width: 6rem; }
.choose { display: flex; gap: .4rem; align-items: center; }
.choose select { width: auto; }
.search .choose label { flex-basis: auto; }
h1 { font-size: 1.5rem; margin: 1.25rem 0 1rem; }
h1, h2, legend, label, li, p { overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; display: inline-block; padding: .5rem 1rem; }
.quiet, .hint { color: var(--quiet); }
.hint { font-size: .875rem; margin: .15rem 0 0; }
code, .path { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
fieldset { border: 1px solid var(--faint); border-radius: 6px; margin: 0 0 1.25rem; padding: .25rem 1rem 1rem; min-width: 0; }
legend { font-weight: 600; padding: 0 .4rem; }
.field { margin-top: .85rem; max-width: 34rem; }
label { display: block; font-weight: 500; }
.choice label { display: inline; font-weight: 400; }
input, select, textarea, button { font: inherit; color: inherit; }
input:not([type=checkbox]), select, textarea {
  width: 100%; min-height: 2.5rem; padding: .35rem .6rem; background: var(--ground); border: 1px solid var(--line); border-radius: 4px;
}
[aria-invalid=true] { border: 2px solid var(--bad); }
.fault { color: var(--bad); margin: .2rem 0 0; }
.fault::before { content: "\\26A0\\00A0"; }
.note { padding: .6rem 1rem; border-radius: 6px; border: 1px solid; margin: 0 0 1rem; overflow-wrap: anywhere; }
.note.good { color: var(--good); background: var(--good-ground); }
.note.bad { color: var(--bad); background: var(--bad-ground); }
.buttons { display: flex; gap: .75rem; align-items: center; margin-top: 1rem; }
button, a.button {
  min-height: 2.5rem; padding: .4rem 1.2rem; border: 1px solid var(--accent); border-radius: 4px; cursor: pointer;
  background: var(--accent); color: var(--on-accent); text-decoration: none; display: inline-block;
}
button.plain, a.button.plain { background: transparent; color: var(--accent); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--faint); overflow-wrap: anywhere; }
th { font-weight: 600; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .3rem 1rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (min-width: 48rem) {
  .field { display: grid; grid-template-columns: 18rem minmax(0, 34rem); column-gap: 1rem; align-items: start; max-width: none; }
  .field > :not(label) { grid-column: 2; }
  .field > label { padding-top: .45rem; }
  form .buttons { margin-left: 20rem; }
  .field ~ .buttons { margin-left: 19rem; }
}
.search { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-bottom: 1rem; }
.search label { flex-basis: 100%; }
.search input { flex: 1 1 12rem; width: auto; }
.objects { list-style: none; padding: 0; columns: 18rem; }
.objects li { padding: .25rem 0; overflow-wrap: anywhere; break-inside: avoid; }
.pager { gap: 1rem; padding: 1rem 0; }
.pager a { padding: 0; color: var(--accent); text-decoration: underline; border: 0; }
@media (max-width: 40rem) {
  .stacked thead { position: absolute; left: -99rem; }
  .stacked, .stacked tbody, .stacked tr, .stacked td { display: block; width: 100%; }
  .stacked tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
  .stacked td { border: 0; padding: .15rem 0; }
  .stacked.dense td { display: inline-block; width: auto; margin-right: .75rem; }
  .stacked td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
`;
