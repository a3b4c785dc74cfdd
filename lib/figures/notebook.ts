/** What a notebook shows: figures, pictures, tables. Every call also works outside a notebook, where it prints the text form. */
import { drawFigure, type Figure, FIGURE_ZOOM } from "./figure.ts";
import { escapeHtml } from "../html.ts";
import { inNotebook, settle, show } from "./notebook_channel.ts";
import type { Picture } from "./picture.ts";
import { encodePng } from "./png.ts";

export { inNotebook, type MimeBundle, print, settle, show, type ShowOptions } from "./notebook_channel.ts";
export { type NotebookProgress, notebookProgress } from "./notebook_progress.ts";

/**
 * Shows a figure as PNG, which every viewer of notebooks draws (GitHub and the HTML exporter do not draw Vega or SVG), at its natural size
 * in twice the resolution. The text form is `Figure <name>: <alt>`; the notebook checks find figures by it.
 */
export async function display(figure: Figure): Promise<void> {
  const text = `Figure ${figure.name}: ${figure.alt}`;
  if (!inNotebook()) return await show({ "text/plain": text });
  const { png } = await drawFigure(figure);
  await showImage("image/png", png, text, FIGURE_ZOOM);
}

/**
 * Shows a pixel picture, or the bytes of a PNG, JPEG or GIF file.
 *
 * @throws Error when the bytes are none of the three.
 */
export async function displayImage(image: Picture | Uint8Array, alt: string): Promise<void> {
  const bytes = image instanceof Uint8Array ? image : encodePng(image);
  await showImage(imageType(bytes), bytes, alt, 1);
}

async function showImage(mime: string, bytes: Uint8Array, text: string, zoom: number): Promise<void> {
  const size = mime === "image/png" ? pngSize(bytes) : undefined;
  const metadata = size === undefined
    ? {}
    : { [mime]: { width: Math.round(size.width / zoom), height: Math.round(size.height / zoom) } };
  await show({ [mime]: bytes.toBase64(), "text/plain": text }, { metadata });
  await settle();
}

function imageType(bytes: Uint8Array): string {
  const starts = (...head: number[]) => head.every((byte, i) => bytes[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return "image/png";
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(0x47, 0x49, 0x46, 0x38)) return "image/gif";
  const found = bytes.length === 0
    ? "no bytes"
    : `bytes ${[...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ")}`;
  throw new Error(`displayImage: expected a PNG, JPEG or GIF file but found ${found}`);
}

function pngSize(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** A table of texts and numbers. */
export interface Table {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** One value a column; null is shown as a dash. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** A line over the table. */
  readonly caption?: string;
}

/**
 * Shows a table, with a plain-text form for viewers without HTML. Numbers stand at the right.
 *
 * @throws Error when a row has not one value for each column.
 */
export async function displayHtmlTable(table: Table): Promise<void> {
  await show({ "text/html": tableHtml(table), "text/plain": tableText(table) });
  await settle();
}

/** The HTML of `displayHtmlTable`; every text is escaped. */
export function tableHtml(table: Table): string {
  checkTable(table);
  const cell = (tag: string, value: string | number | null) =>
    `<${tag} style="text-align:${typeof value === "number" || value === null ? "right" : "left"};padding:2px 10px">${
      escapeHtml(cellText(value))
    }</${tag}>`;
  const head = table.columns.map((name, c) => cell("th", name).replace("left", numeric(table, c) ? "right" : "left"))
    .join("");
  const body = table.rows.map((row) => `<tr>${row.map((value) => cell("td", value)).join("")}</tr>`).join("\n");
  const caption = table.caption === undefined
    ? ""
    : `<caption style="text-align:left">${escapeHtml(table.caption)}</caption>\n`;
  return `<table>\n${caption}<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

/** The text form of `displayHtmlTable`: aligned columns. */
export function tableText(table: Table): string {
  checkTable(table);
  const rows = [table.columns, ...table.rows.map((row) => row.map(cellText))];
  const widths = table.columns.map((_, c) => Math.max(...rows.map((row) => [...row[c]].length)));
  const lines = rows.map((row) =>
    row.map((text, c) => {
      const space = " ".repeat(widths[c] - [...text].length);
      return numeric(table, c) ? space + text : text + space;
    }).join("  ").trimEnd()
  );
  lines.splice(1, 0, widths.map((width) => "─".repeat(width)).join("  "));
  return [...(table.caption === undefined ? [] : [table.caption]), ...lines].join("\n");
}

function numeric(table: Table, column: number): boolean {
  const values = table.rows.map((row) => row[column]);
  return values.some((v) => typeof v === "number") && values.every((v) => typeof v === "number" || v === null);
}

function cellText(value: string | number | null): string {
  return value === null ? "–" : String(value);
}

function checkTable({ columns, rows }: Table): void {
  const bad = rows.findIndex((row) => row.length !== columns.length);
  if (bad >= 0) throw new Error(`table: expected ${columns.length} values in row ${bad} but found ${rows[bad].length}`);
}

/**
 * Turns the Stop button (and Ctrl-C) into a request: the returned signal is aborted, loops end at their next look at it, and kernel and
 * variables survive. Without it a stop kills the kernel. A second stop kills it all the same.
 *
 * @example
 * ```ts
 * const stop = stoppable();
 * for (let step = 0; step < 3000 && !stop.aborted; step++) await train(step);
 * stop[Symbol.dispose]();
 * ```
 */
export function stoppable(): AbortSignal & Disposable {
  const controller = new AbortController();
  const release = () => Deno.removeSignalListener("SIGINT", onStop);
  const onStop = () => {
    release();
    controller.abort(new Error("stopped by the user"));
  };
  Deno.addSignalListener("SIGINT", onStop);
  return Object.assign(controller.signal, { [Symbol.dispose]: release });
}
