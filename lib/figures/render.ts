/**
 * Vega-Lite → SVG → PNG, in process, with no browser and no system font.
 *
 * The two libraries take half a second to load, so they are loaded at the first drawing, not with this module.
 */
import { fontFiles, FontWidths } from "./font.ts";
import type { Chart } from "./spec.ts";

type Vega = typeof import("vega");
type VegaLite = typeof import("vega-lite");

/** Two exports of Vega that its type declarations leave out. */
interface VegaInternals {
  /** How every text of every chart is measured. */
  textMetrics: { width: (item: TextItem, text: unknown) => number };
  /** Restarts the numbering of clip paths and gradients. */
  resetSVGDefIds(): void;
}

/** What Vega asks for when it measures a text item. */
interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  readonly limit?: number;
}

let loading: Promise<{ vega: Vega; vegaLite: VegaLite }> | undefined;

async function load(): Promise<{ vega: Vega; vegaLite: VegaLite }> {
  const [vega, vegaLite, regular, bold] = await Promise.all([
    import("vega"),
    import("vega-lite"),
    Deno.readFile(fontFiles().regular),
    Deno.readFile(fontFiles().bold),
  ]);
  const widths = { regular: new FontWidths(regular), bold: new FontWidths(bold) };
  (vega as unknown as VegaInternals).textMetrics.width = (item, text) => {
    const heavy = item.fontWeight === "bold" || Number(item.fontWeight) >= 600;
    const width = (heavy ? widths.bold : widths.regular).width(String(text ?? "").trim(), item.fontSize ?? 11);
    return item.limit !== undefined && item.limit > 0 ? Math.min(width, item.limit) : width;
  };
  return { vega, vegaLite };
}

/** Drawings happen one after the other: Vega numbers clip paths and gradients from global counters. */
let queue: Promise<unknown> = Promise.resolve();

/**
 * Draws a Vega-Lite chart. The same specification gives the same text, whatever was drawn before.
 *
 * @throws Error when Vega-Lite warns (a field that does not exist, a channel that is dropped): a chart that silently leaves
 * something out is wrong.
 */
export function renderSvg(spec: Chart): Promise<string> {
  const drawn = queue.then(() => draw(spec));
  queue = drawn.catch(() => {});
  return drawn;
}

async function draw(spec: Chart): Promise<string> {
  loading ??= load();
  const { vega, vegaLite } = await loading;
  const complaints: string[] = [];
  const note = (...parts: unknown[]) => {
    complaints.push(parts.map(String).join(" "));
    return logger;
  };
  const quiet = () => logger;
  const logger = { level: quiet, error: note, warn: note, info: quiet, debug: quiet } as unknown as ReturnType<
    Vega["logger"]
  >;
  const compiled = vegaLite.compile(spec as unknown as Parameters<VegaLite["compile"]>[0], { logger: logger as never });
  (vega as unknown as VegaInternals).resetSVGDefIds();
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none", logger });
  try {
    const svg = described(await view.toSVG(), spec.description);
    if (complaints.length > 0) {
      throw new Error(`chart: expected a specification that draws completely but Vega says: ${complaints.join("; ")}`);
    }
    return svg;
  } finally {
    view.finalize();
  }
}

/** Gives the picture its description, for readers who do not see it. */
function described(svg: string, description: unknown): string {
  if (typeof description !== "string") return svg;
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const text = description.replace(/[&<>"]/g, (character) => names[character]);
  return svg.replace("<svg ", `<svg role="img" aria-label="${text}" `);
}

/**
 * SVG → PNG bytes.
 *
 * @param zoom Device pixels per SVG pixel; 2 keeps small type crisp.
 */
export async function svgToPng(svg: string, zoom = 2): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const { regular, bold } = fontFiles();
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: zoom },
    font: {
      loadSystemFonts: false,
      fontFiles: [regular, bold],
      defaultFontFamily: "DejaVu Sans",
      sansSerifFamily: "DejaVu Sans",
    },
  }).render();
  return new Uint8Array(image.asPng());
}

/** Vega-Lite → PNG bytes in one call. */
export async function renderPng(spec: Chart, zoom = 2): Promise<Uint8Array> {
  return await svgToPng(await renderSvg(spec), zoom);
}
