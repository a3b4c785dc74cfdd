/** A figure: a named, described chart, stored as specification, SVG and PNG. */
import { join } from "node:path";
import { writeFileAtomic } from "../data/files.ts";
import { renderSvg, svgToPng } from "./render.ts";
import type { Chart, Spec } from "./spec.ts";
import { THEME } from "./theme.ts";

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
  readonly spec: string;
  readonly svg: string;
  readonly png: string;
}

/**
 * Writes `<name>.vl.json`, `<name>.svg` and `<name>.png` into `folder`, which is made if it is missing. Each file appears whole or
 * not at all, and nothing is written when the drawing fails.
 *
 * @param zoom Pixels of the PNG per pixel of the SVG.
 */
export async function saveFigure(folder: string, figure: Figure, zoom = 2): Promise<StoredFigure> {
  const svg = await renderSvg(figure.spec);
  const png = await svgToPng(svg, zoom);
  await Deno.mkdir(folder, { recursive: true });
  const path = (ending: string) => join(folder, `${figure.name}.${ending}`);
  const stored = { spec: path("vl.json"), svg: path("svg"), png: path("png") };
  await writeFileAtomic(stored.spec, JSON.stringify(figure.spec, null, 1) + "\n");
  await writeFileAtomic(stored.svg, svg);
  await writeFileAtomic(stored.png, png);
  return stored;
}
