/** A figure: a named, described chart, stored as specification, SVG and PNG. */
import { join } from "node:path";
import { writeFileAtomic } from "../data/files.ts";
import { renderSvg, svgToPng } from "./render.ts";
import type { Chart, Spec } from "./spec.ts";
import { THEME } from "./theme.ts";

/** A named chart with a text that says what it shows. */
export interface Figure {
  /** File name without ending: letters, digits, `-` and `_`. */
  readonly name: string;
  /** What the picture shows, in one or two sentences: alternative text, caption, and the text form in notebooks. */
  readonly alt: string;
  /** Complete Vega-Lite specification; pixel pictures stand in it as data URLs, so the file needs no other. */
  readonly spec: Spec;
}

/**
 * Names a chart and gives it the house style.
 *
 * @example
 * ```ts
 * const entropies = figure("2048_entropy_dist", "Histogram of rule-table entropies of 2048.", histogram({ values, x: "Entropy (bits)" }));
 * await saveFigure("runs/demo/figures", entropies);
 * ```
 * @throws Error when the name is no plain file name or the text is empty.
 */
export function figure(name: string, alt: string, chart: Chart): Figure {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) {
    throw new Error(`figure: expected a name of letters, digits, '-' and '_' but found '${name}'`);
  }
  if (alt.trim() === "") {
    throw new Error(`figure '${name}': expected a sentence that says what it shows but found none`);
  }
  const spec: Spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: alt,
    ...chart,
    config: THEME,
  };
  return { name, alt, spec };
}

/** Where the three forms of a stored figure are. */
export interface StoredFigure {
  /** Path of the Vega-Lite specification. */
  readonly spec: string;
  /** Path of the SVG. */
  readonly svg: string;
  /** Path of the PNG. */
  readonly png: string;
}

/** Pixels of a figure's PNG per pixel of its SVG: small type stays crisp on dense screens. */
export const FIGURE_ZOOM = 2;

/** A figure as drawn. */
export interface Drawing {
  /** The text of the SVG. */
  readonly svg: string;
  /** The bytes of the PNG, `FIGURE_ZOOM` times as large. */
  readonly png: Uint8Array;
}

const drawings = new WeakMap<Figure, Promise<Drawing>>();

/** Draws a figure. The same figure is drawn once, however often it is stored and shown. */
export function drawFigure(figure: Figure): Promise<Drawing> {
  let drawing = drawings.get(figure);
  if (drawing === undefined) {
    drawing = renderSvg(figure.spec).then(async (svg) => ({ svg, png: await svgToPng(svg, FIGURE_ZOOM) }));
    drawings.set(figure, drawing);
  }
  return drawing;
}

/**
 * Writes `<name>.vl.json`, `<name>.svg` and `<name>.png` into `folder`, which is made if it is missing. Each file appears whole or
 * not at all, and nothing is written when the drawing fails.
 */
export async function saveFigure(folder: string, figure: Figure): Promise<StoredFigure> {
  const { svg, png } = await drawFigure(figure);
  await Deno.mkdir(folder, { recursive: true });
  const path = (ending: string) => join(folder, `${figure.name}.${ending}`);
  const stored = { spec: path("vl.json"), svg: path("svg"), png: path("png") };
  await writeFileAtomic(stored.spec, JSON.stringify(figure.spec, null, 1) + "\n");
  await writeFileAtomic(stored.svg, svg);
  await writeFileAtomic(stored.png, png);
  return stored;
}
