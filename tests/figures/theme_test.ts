import assert from "node:assert/strict";
import { CATEGORY_COLOURS, categoryColours, CHANCE, RULE } from "../../lib/figures/mod.ts";
import { parseColour } from "../../lib/figures/colour_map.ts";

/** Linear RGB seen with full colour blindness of one kind (Machado, Oliveira, Fernandes 2009, severity 1). */
const BLINDNESS: Record<string, number[][]> = {
  none: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
};

/** CIELAB under D65. */
function lab(colour: string, kind: string): number[] {
  const linear = parseColour(colour).map((v) =>
    v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4
  );
  const times = (matrix: number[][], v: number[]) => matrix.map((row) => row.reduce((sum, m, i) => sum + m * v[i], 0));
  const seen = times(BLINDNESS[kind], linear).map((v) => Math.min(1, Math.max(0, v)));
  const [x, y, z] = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], seen);
  const f = (t: number) => t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116;
  const [fx, fy, fz] = [f(x / 0.9505), f(y), f(z / 1.089)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function difference(a: string, b: string, kind: string): number {
  return Math.hypot(...lab(a, kind).map((v, i) => v - lab(b, kind)[i]));
}

for (const kind of Object.keys(BLINDNESS)) {
  Deno.test(`theme: colours stay apart with colour blindness: ${kind}`, () => {
    assert.ok(difference(RULE, CHANCE, kind) > 60, `rule and chance: ${difference(RULE, CHANCE, kind)}`);
    for (let i = 0; i < CATEGORY_COLOURS.length; i++) {
      for (let j = 0; j < i; j++) {
        const apart = difference(CATEGORY_COLOURS[i], CATEGORY_COLOURS[j], kind);
        assert.ok(apart > 18, `${CATEGORY_COLOURS[i]} and ${CATEGORY_COLOURS[j]}: ${apart.toFixed(1)}`);
      }
    }
  });
}

Deno.test("theme: as many different colours as there are categories", () => {
  for (const count of [0, 1, 8, 9, 30]) assert.equal(new Set(categoryColours(count)).size, count);
});
