/** The style sheet of the API documentation and of the server's own pages, in the colours of the demo. */
export const STYLE = `:root {
  color-scheme: light dark;
  --ink: light-dark(#17211f, #e7efed);
  --soft: light-dark(#566461, #9db0ac);
  --line: light-dark(#dde5e3, #2b3a37);
  --page: light-dark(#f7f9f8, #101817);
  --card: light-dark(#ffffff, #172220);
  --brand: light-dark(#0f6e6a, #4fc0b9);
  --good: light-dark(#1c7a46, #6fd39b);
  --bad: light-dark(#a33a2a, #f0a092);
  --u: 8px;
}
* { box-sizing: border-box; }
html { scroll-padding-top: calc(2 * var(--u)); }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px / 1.55 system-ui, sans-serif; }
header, .columns, .page main { max-width: 1160px; margin-inline: auto; padding-inline: calc(3 * var(--u)); }
header { padding-block: calc(6 * var(--u)) calc(3 * var(--u)); }
h1 { margin: 0 0 calc(2 * var(--u)); font-size: clamp(32px, 5vw, 48px); line-height: 1.1; letter-spacing: -0.02em; }
.lead { max-width: 680px; margin: 0 0 var(--u); font-size: 18px; color: var(--soft); }
.soft { color: var(--soft); }
header .soft { margin: 0; }
a { color: var(--brand); }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: var(--u); top: -100px; padding: var(--u) calc(2 * var(--u)); background: var(--card); }
.skip:focus { top: var(--u); }
.columns { display: grid; grid-template-columns: 280px minmax(0, 1fr); gap: calc(5 * var(--u)); align-items: start; padding-block: 0 calc(8 * var(--u)); }
nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding-block: calc(2 * var(--u)); font-size: 14px; }
nav h2 { margin: calc(2 * var(--u)) 0 4px; font-size: 14px; }
nav h2:first-child { margin-top: 0; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding-block: 3px; color: var(--soft); text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { color: var(--ink); }
main { min-width: 0; }
section > h2 { margin: calc(5 * var(--u)) 0 calc(2 * var(--u)); font-size: 24px; letter-spacing: -0.01em; }
section:first-child > h2 { margin-top: calc(2 * var(--u)); }
section > p { max-width: 680px; }
article { margin-bottom: calc(2 * var(--u)); padding: calc(3 * var(--u)); border: 1px solid var(--line); border-radius: calc(2 * var(--u)); background: var(--card); }
article:target { border-color: var(--brand); }
h3 { margin: 0 0 var(--u); font-size: 18px; line-height: 1.35; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: calc(3 * var(--u)) 0 var(--u); font-size: 14px; }
h4 .soft { font-weight: 400; }
article p { margin: 0 0 var(--u); }
code { font: 13px / 1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.verb { font: 600 12px / 1.5 ui-monospace, monospace; color: var(--brand); }
.verb.post, .verb.put { color: var(--good); }
.verb.delete { color: var(--bad); }
.address code { font-size: 14px; }
.fields { list-style: none; margin: 0; padding: 0; font-size: 14px; }
.fields li { padding-block: 6px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.fields .fields { margin-top: 6px; padding-inline-start: calc(2 * var(--u)); border-inline-start: 2px solid var(--line); }
.fields .fields > li:first-child { border-top: 0; padding-top: 0; }
.fields > li > code:first-child { font-weight: 600; margin-inline-end: 6px; }
.fields span { color: var(--soft); }
.fields em { color: var(--ink); font-size: 12px; }
summary { cursor: pointer; font-size: 14px; color: var(--brand); }
dl { margin: 0; font-size: 14px; }
dl div { display: flex; gap: calc(2 * var(--u)); padding-block: 4px; border-top: 1px solid var(--line); }
dt { font: 600 13px / 1.7 ui-monospace, monospace; }
dd { margin: 0; color: var(--soft); }
pre { margin: 0; padding: calc(2 * var(--u)); border: 1px solid var(--line); border-radius: var(--u); background: var(--page); overflow-x: auto; }
.page main { padding-bottom: calc(8 * var(--u)); }
.page h2 { margin: 0 0 calc(2 * var(--u)); font-size: 20px; letter-spacing: -0.01em; }
.page pre { margin-bottom: calc(2 * var(--u)); white-space: pre-wrap; }
.page article p:last-child { margin: 0; }
.links { list-style: none; margin: 0; padding: 0; }
.links li { padding-block: 6px; border-top: 1px solid var(--line); }
.links li:first-child { border-top: 0; padding-top: 0; }
.links a { font-weight: 600; margin-inline-end: 6px; }
form { display: flex; flex-wrap: wrap; gap: calc(2 * var(--u)); align-items: end; margin-bottom: calc(2 * var(--u)); }
label { display: grid; gap: 4px; flex: 1 1 280px; font-size: 14px; color: var(--soft); }
input { width: 100%; min-height: 40px; padding: 0 var(--u); border: 1px solid var(--soft); border-radius: var(--u); background: var(--page); color: var(--ink); font: inherit; }
button { min-height: 40px; padding: 0 calc(2 * var(--u)); border: 0; border-radius: var(--u); background: var(--brand); color: var(--card); font: inherit; font-size: 15px; cursor: pointer; }
[role="alert"] { color: var(--bad); }
[role="alert"]:empty { display: none; }
#results h2 { margin-top: calc(5 * var(--u)); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: var(--u) calc(2 * var(--u)) var(--u) 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
@media (max-width: 860px) {
  .columns { grid-template-columns: minmax(0, 1fr); gap: 0; }
  nav { position: static; max-height: none; }
}
@media (max-width: 480px) {
  header, .columns, .page main { padding-inline: calc(2 * var(--u)); }
  article { padding: calc(2 * var(--u)); }
}
`;
