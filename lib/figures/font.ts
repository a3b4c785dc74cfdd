/**
 * The font of all figures, from npm, so that a machine without fonts draws the same picture.
 *
 * Vega places axes and legends by the width of their text. Without a browser canvas it only guesses (0.8 em a letter), so the
 * true advance widths are read from the TrueType file here.
 */
// The JSON import makes the package part of the module graph, so Deno downloads it on first use without an install step.
import manifest from "dejavu-fonts-ttf/package.json" with { type: "json" };
import { fileURLToPath } from "node:url";

/** Version of the font package; part of what makes two renderings equal. */
export const FONT_VERSION: string = manifest.version;

/** Paths of the regular and the bold face. */
export function fontFiles(): { regular: string; bold: string } {
  const path = (face: string) => fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${face}.ttf`));
  return { regular: path("DejaVuSans"), bold: path("DejaVuSans-Bold") };
}

/** Advance widths of one TrueType face (tables head, hhea, hmtx and cmap format 4; kerning is left out). */
export class FontWidths {
  readonly #unitsPerEm: number;
  readonly #advances: Uint16Array;
  readonly #glyphs = new Map<number, number>();

  /** @param bytes A `.ttf` file with a Unicode character map. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const tables = tableOffsets(view);
    this.#unitsPerEm = view.getUint16(tables.head + 18);
    const count = view.getUint16(tables.hhea + 34);
    this.#advances = Uint16Array.from({ length: count }, (_, i) => view.getUint16(tables.hmtx + 4 * i));
    readCharacterMap(view, tables.cmap, this.#glyphs);
  }

  /** Width in pixels of one line of text at `size` pixels. Unknown characters count as the missing-character glyph. */
  width(text: string, size: number): number {
    let units = 0;
    for (const character of text) {
      const glyph = this.#glyphs.get(character.codePointAt(0)!) ?? 0;
      units += this.#advances[Math.min(glyph, this.#advances.length - 1)];
    }
    return (units / this.#unitsPerEm) * size;
  }
}

function tableOffsets(view: DataView): Record<"head" | "hhea" | "hmtx" | "cmap", number> {
  const found: Record<string, number> = {};
  const count = view.getUint16(4);
  for (let i = 0; i < count; i++) {
    const at = 12 + 16 * i;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(at + k)));
    found[tag] = view.getUint32(at + 8);
  }
  for (const tag of ["head", "hhea", "hmtx", "cmap"]) {
    if (found[tag] === undefined) {
      throw new Error(`font: expected a TrueType file with a '${tag}' table but found none`);
    }
  }
  return found as Record<"head" | "hhea" | "hmtx" | "cmap", number>;
}

/** Fills `glyphs` (code point → glyph) from the basic-plane Unicode subtable. */
function readCharacterMap(view: DataView, cmap: number, glyphs: Map<number, number>): void {
  const count = view.getUint16(cmap + 2);
  for (let i = 0; i < count; i++) {
    const at = cmap + view.getUint32(cmap + 4 + 8 * i + 4);
    if (view.getUint16(at) !== 4) continue;
    const segments = view.getUint16(at + 6) / 2;
    const ends = at + 14,
      starts = ends + 2 * segments + 2,
      deltas = starts + 2 * segments,
      ranges = deltas + 2 * segments;
    for (let s = 0; s < segments; s++) {
      const end = view.getUint16(ends + 2 * s), start = view.getUint16(starts + 2 * s);
      const delta = view.getUint16(deltas + 2 * s), range = view.getUint16(ranges + 2 * s);
      for (let code = start; code <= end && code < 0xffff; code++) {
        const raw = range === 0 ? code : view.getUint16(ranges + 2 * s + range + 2 * (code - start));
        if (range !== 0 && raw === 0) continue;
        glyphs.set(code, (raw + delta) & 0xffff);
      }
    }
    return;
  }
  throw new Error("font: expected a character map of format 4 but found none");
}
