import assert from "node:assert/strict";
import {
  bars,
  curves,
  figure,
  heatMap,
  histogram,
  pie,
  renderSvg,
  scatter,
  seedBand,
  strip,
} from "../../lib/figures/mod.ts";
import { SAMPLES } from "./samples.ts";

/** Kind and number of the marks in each group of an SVG. */
function marksOf(svg: string): string {
  const groups = svg.matchAll(/<g class="mark-(\w+) role-mark[^"]*"[^>]*>(.*?)<\/g>/g);
  return [...groups].map(([, kind, inside]) => `${kind}:${[...inside.matchAll(/<(path|text|image|line) /g)].length}`)
    .join(" ");
}

for (const [name, { chart, marks, holds }] of Object.entries(SAMPLES)) {
  Deno.test(`chart ${name}: the stored specification, drawn with the expected marks`, async (t) => {
    await t.assertSnapshot(chart, name);
    const svg = await renderSvg(figure(name, "sample", chart).spec);
    assert.equal(marksOf(svg), marks);
    for (const text of holds) assert.ok(svg.includes(text), `${text} in the SVG of ${name}`);
    assert.ok(!svg.includes("NaN"));
  });
}

Deno.test("charts: a drawing does not depend on what was drawn before, nor on what is drawn at the same time", async () => {
  const specs = ["heat_map", "curves", "strip"].map((name) => figure(name, "sample", SAMPLES[name].chart).spec);
  const alone = [];
  for (const spec of specs) alone.push(await renderSvg(spec));
  assert.deepEqual(await Promise.all(specs.toReversed().map(renderSvg)), alone.toReversed());
});

Deno.test("charts: what Vega-Lite would silently leave out is an error, and the next drawing works", async () => {
  const bad = { data: { values: [{ a: 1 }] }, mark: "bar", encoding: { shape: { field: "a", type: "nominal" } } };
  await assert.rejects(
    renderSvg(bad),
    /chart: expected a specification that draws completely but Vega says: shape dropped/,
  );
  assert.match(await renderSvg(figure("pie", "sample", SAMPLES.pie.chart).spec), /^<svg /);
});

Deno.test("charts: wrong input is refused with what was expected and what was found", () => {
  const refused: [() => unknown, RegExp][] = [
    [() => histogram({ values: [1, NaN] }), /expected finite values but found NaN at index 1/],
    [() => pie({ parts: [{ label: "a", count: -1 }] }), /expected a count of 0 or more but found -1 for 'a'/],
    [() => bars({ bars: [{ label: "a", value: Infinity }] }), /expected finite values but found Infinity for 'a'/],
    [() => curves({ series: [{ label: "s", x: [1, 2], y: [1] }] }), /expected 2 values in y of 's' .* but found 1/],
    [() => scatter({ x: [1], y: [1, 2] }), /expected 1 values everywhere .* but found y 2/],
    [() => scatter({ x: [1], y: [NaN] }), /expected finite coordinates but found \(1, NaN\) at index 0/],
    [
      () => heatMap({ rows: [1], columns: [1, 2], values: [[1]] }),
      /expected 1 rows of 2 values but found 1 values in row 0/,
    ],
    [
      () => heatMap({ rows: [1, 1], columns: [1], values: [[1], [1]] }),
      /expected different row names but found '1' twice/,
    ],
    [() => strip({ rows: [{ label: "h", heat: [{ values: [1], width: 2, height: 1 }] }] }), /expected 1 × 2 numbers/],
    [() => seedBand([[1], [1, 2]]), /expected 1 points in every run but found 2 in run 1/],
  ];
  for (const [call, message] of refused) assert.throws(call, message);
});

Deno.test("charts: empty data draw empty charts", async () => {
  for (const chart of [histogram({ values: [] }), curves({ series: [] }), scatter({ x: [], y: [] })]) {
    assert.match(await renderSvg(figure("empty", "nothing", chart).spec), /^<svg /);
  }
});

Deno.test("seedBand: mean and range over seeds", () => {
  assert.deepEqual(seedBand([[1, 4], [3, 4]]), { y: [2, 4], band: { low: [1, 4], high: [3, 4] } });
});
