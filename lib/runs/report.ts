/**
 * Reports of a run: `report.html`, one file that stands alone (pictures inside, no scripts, light and dark), and `report.md`,
 * which links to the pictures. Everything that comes from outside is escaped.
 */

import { extname, isAbsolute, join, normalize } from "node:path";
import { writeFileAtomic } from "../data/files.ts";
import { FormatError } from "../data/format_error.ts";
import { readBytes } from "./json.ts";
import { type Cell, formatCell, numericColumns } from "./text_table.ts";
import { escapeHtml } from "../html.ts";

/** A table; numbers are shortened to four digits and stand to the right. */
export interface ReportTable {
  /** Headings. */
  readonly columns: readonly string[];
  /** One cell per column. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A picture in the run folder. */
export interface ReportFigure {
  /** Relative to the report's folder, with `/`: "figures/2048_codebook.png". PNG, SVG or GIF. */
  readonly file: string;
  /** Shown below, and read aloud in place of the picture. */
  readonly caption: string;
}

/** One part of a report, shown in this order: text, table, figures, verbatim text. */
export interface ReportSection {
  /** Plain text. */
  readonly heading: string;
  /** Paragraphs, parted by empty lines. Plain text. */
  readonly text?: string;
  /** Below the text. */
  readonly table?: ReportTable;
  /** Below the table. */
  readonly figure?: ReportFigure | readonly ReportFigure[];
  /** Text whose line breaks matter, such as a rule table. */
  readonly verbatim?: string;
}

/** What a report says. */
export interface Report {
  /** Plain text. */
  readonly title: string;
  /** A line below the title. */
  readonly subtitle?: string;
  /** In this order. */
  readonly sections: readonly ReportSection[];
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --paper: #fcfcfd; --line: #d9d9e0; --stripe: #f4f4f6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8ec; --soft: #a5a5ae; --paper: #17181b; --line: #3a3b42; --stripe: #202126; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 Georgia, "Times New Roman", serif; }
main { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem 5rem; }
h1, h2, table, figcaption, .subtitle { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .75rem; }
.subtitle, figcaption { color: var(--soft); font-size: .9rem; line-height: 1.45; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; line-height: 1.4; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th { text-align: left; border-bottom: 2px solid var(--line); vertical-align: bottom; }
th, td { padding: .35rem .8rem .35rem .4rem; }
td { border-bottom: 1px solid var(--line); vertical-align: top; }
tr:nth-child(even) td { background: var(--stripe); }
.number { text-align: right; }
figure { margin: 1.5rem 0; }
img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
figcaption { margin-top: .5rem; }
pre { overflow-x: auto; padding: .8rem 1rem; background: var(--stripe); border-radius: 4px; font-size: .82rem; line-height: 1.45; }
`;

/** Text inside a line of Markdown, so that none of it is taken as markup. */
export function escapeMarkdown(text: string): string {
  // deno-lint-ignore no-control-regex
  const line = text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "").replace(/\s+/g, " ").trim();
  const marked = line.replace(/[\\`*_{}[\]<>#|~!&$]/g, "\\$&");
  // At a line's start these would make a list or a rule.
  return marked.replace(/^([-+])(?=[\s+-]|$)/, "\\$1").replace(/^(\d+)(?=[.)](\s|$))/, "$1\\");
}

const paragraphs = (text: string): string[] =>
  text.split(/\n\s*\n/).map((part) => part.trim()).filter((part) => part !== "");

interface Picture extends ReportFigure {
  readonly url: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".gif": "image/gif",
};

/** How files of a type begin. */
const STARTS: Readonly<Record<string, { readonly name: string; readonly bytes: readonly number[] }>> = {
  "image/png": { name: "PNG", bytes: [0x89, 0x50, 0x4e, 0x47] },
  "image/gif": { name: "GIF", bytes: [0x47, 0x49, 0x46, 0x38] },
};

async function loadPicture(folder: string, figure: ReportFigure): Promise<Picture> {
  const { file } = figure;
  const where = join(folder, file);
  const type = TYPES[extname(file).toLowerCase()];
  const fail = (expected: string, found: string, advice: string): never => {
    throw new FormatError({ where, expected, found, advice });
  };
  if (isAbsolute(file) || file.includes("\\") || normalize(file).startsWith("..")) {
    fail("a picture inside the run folder", `the path ${file}`, "Write figures into the run's figures/ folder.");
  }
  if (!type) fail("a .png, .svg or .gif file", extname(file) || "no ending", "Reports show PNG, SVG and GIF.");
  const advice = "Draw the figure before the report is written.";
  const bytes = await readBytes(where, "a picture of the report", advice);
  const start = STARTS[type];
  if (start?.bytes.some((byte, i) => bytes[i] !== byte)) fail(`a ${start.name} file`, "other bytes", advice);
  return { ...figure, url: `data:${type};base64,${bytes.toBase64()}` };
}

function htmlTable(table: ReportTable): string {
  const right = numericColumns(table.columns, table.rows).map((is) => is ? ' class="number"' : "");
  const head = table.columns.map((name, i) => `<th scope="col"${right[i]}>${escapeHtml(name)}</th>`).join("");
  const rows = table.rows.map((row) =>
    `<tr>${table.columns.map((_, i) => `<td${right[i]}>${escapeHtml(formatCell(row[i]))}</td>`).join("")}</tr>`
  );
  return `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${
    rows.join("\n")
  }\n</tbody>\n</table></div>`;
}

function markdownTable(table: ReportTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = numericColumns(table.columns, table.rows).map((is) => is ? "---:" : "---");
  const rows = table.rows.map((row) => line(table.columns.map((_, i) => escapeMarkdown(formatCell(row[i])))));
  return [line(table.columns.map(escapeMarkdown)), line(rule), ...rows].join("\n");
}

function htmlSection(section: ReportSection, pictures: readonly Picture[]): string {
  const parts = [`<h2>${escapeHtml(section.heading)}</h2>`];
  for (const paragraph of paragraphs(section.text ?? "")) parts.push(`<p>${escapeHtml(paragraph)}</p>`);
  if (section.table) parts.push(htmlTable(section.table));
  for (const { url, caption } of pictures) {
    const text = escapeHtml(caption);
    parts.push(`<figure><img src="${url}" alt="${text}"><figcaption>${text}</figcaption></figure>`);
  }
  if (section.verbatim !== undefined) parts.push(`<pre>${escapeHtml(section.verbatim)}</pre>`);
  return `<section>\n${parts.join("\n")}\n</section>`;
}

const linkTarget = (file: string): string =>
  file.split("/").map(encodeURIComponent).join("/").replaceAll("(", "%28").replaceAll(")", "%29");

function markdownSection(section: ReportSection, pictures: readonly Picture[]): string {
  const parts = [`## ${escapeMarkdown(section.heading)}`];
  for (const paragraph of paragraphs(section.text ?? "")) parts.push(escapeMarkdown(paragraph));
  if (section.table) parts.push(markdownTable(section.table));
  for (const { file, caption } of pictures) {
    const text = escapeMarkdown(caption);
    parts.push(`![${text}](${linkTarget(file)})`, `*${text}*`);
  }
  if (section.verbatim !== undefined) {
    const longest = Math.max(2, ...[...section.verbatim.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const fence = "`".repeat(longest + 1);
    parts.push(`${fence}text\n${section.verbatim.replace(/\n+$/, "")}\n${fence}`);
  }
  return parts.join("\n\n");
}

/**
 * Writes `report.html` and `report.md` into a folder.
 *
 * @param folder the run's folder; figures are files below it
 * @returns the two paths
 * @throws FormatError when a figure is missing, lies outside, or is no PNG or SVG; nothing is written then
 *
 * @example
 * ```ts
 * await writeReport(run.folder, {
 *   title: "Rules and chance",
 *   sections: [{
 *     heading: "Entropy",
 *     text: "Chance cells stay near their true entropy.",
 *     table: { columns: ["game", "bits"], rows: [["2048", 0.28], ["othello", 0.03]] },
 *     figure: { file: "figures/entropy.png", caption: "Predicted entropy." },
 *   }],
 * });
 * ```
 */
export async function writeReport(folder: string, report: Report): Promise<{ html: string; markdown: string }> {
  const pictures: Picture[][] = [];
  for (const { figure = [] } of report.sections) {
    const list = Array.isArray(figure) ? figure as readonly ReportFigure[] : [figure as ReportFigure];
    pictures.push(await Promise.all(list.map((one) => loadPicture(folder, one))));
  }
  const title = escapeHtml(report.title);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${report.subtitle === undefined ? "" : `<p class="subtitle">${escapeHtml(report.subtitle)}</p>\n`}${
    report.sections.map((section, i) => htmlSection(section, pictures[i])).join("\n")
  }
</main>
</body>
</html>
`;
  const markdown = [
    `# ${escapeMarkdown(report.title)}`,
    ...(report.subtitle === undefined ? [] : [escapeMarkdown(report.subtitle)]),
    ...report.sections.map((section, i) => markdownSection(section, pictures[i])),
  ].join("\n\n") + "\n";
  const paths = { html: join(folder, "report.html"), markdown: join(folder, "report.md") };
  await writeFileAtomic(paths.html, html);
  await writeFileAtomic(paths.markdown, markdown);
  return paths;
}
