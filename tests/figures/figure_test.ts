import assert from "node:assert/strict";
import { join } from "node:path";
import { figure, histogram, renderPng, renderSvg, saveFigure } from "../../lib/figures/mod.ts";
import { fontFiles, FontWidths } from "../../lib/figures/font.ts";
import { readPng } from "./png_reader.ts";
import { SAMPLES } from "./samples.ts";

Deno.test("figure: complete specification with theme and description; bad names and empty texts are refused", () => {
  const { name, alt, spec } = figure("a_b-1", "What it shows.", { mark: "bar" });
  assert.deepEqual([name, alt, spec.$schema, spec.description], [
    "a_b-1",
    "What it shows.",
    "https://vega.github.io/schema/vega-lite/v6.json",
    "What it shows.",
  ]);
  assert.throws(() => figure("../x", "text", {}), /expected a name of letters, digits, '-' and '_' but found '..\/x'/);
  assert.throws(() => figure("x", " ", {}), /figure 'x': expected a sentence/);
});

Deno.test("saveFigure: three files that agree, folder made, nothing left over, same bytes again", async () => {
  const root = await Deno.makeTempDir();
  try {
    const folder = join(root, "run", "figures");
    const sample = figure("heat", "Sample & more.", SAMPLES.heat_map.chart);
    const stored = await saveFigure(folder, sample);
    assert.deepEqual([...Deno.readDirSync(folder)].map((e) => e.name).sort(), ["heat.png", "heat.svg", "heat.vl.json"]);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(stored.spec)), JSON.parse(JSON.stringify(sample.spec)));
    const svg = await Deno.readTextFile(stored.svg);
    assert.match(svg, /^<svg role="img" aria-label="Sample &amp; more\." /);
    const [, width, height] = /^<svg [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
    const png = await Deno.readFile(stored.png);
    const decoded = readPng(png);
    assert.deepEqual([decoded.width, decoded.height], [2 * width, 2 * height]);
    // A figure that is equal but not the same is drawn anew, with the same bytes.
    await saveFigure(folder, { ...sample });
    assert.deepEqual(await Deno.readFile(stored.png), png);
    assert.equal(await Deno.readTextFile(stored.svg), svg);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("saveFigure: a figure that cannot be drawn writes nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bad = figure("bad", "bad", { data: { values: [] }, mark: "no such mark" });
    await assert.rejects(saveFigure(folder, bad));
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("fonts: text is drawn from the font of the package, in any working folder", async () => {
  const spec = (text: string) =>
    figure("text", "text", {
      width: 60,
      height: 20,
      data: { values: [{}] },
      mark: { type: "text", text, fontSize: 16 },
    }).spec;
  const here = await renderPng(spec("Wow"));
  const { samples, channels } = readPng(here);
  let dark = 0;
  for (let i = 0; i < samples.length; i += channels) if (samples[i] < 128) dark++;
  assert.ok(dark > 100, `${dark} dark pixels`);
  assert.notDeepEqual(await renderPng(spec("Www")), here);
  const script = `const { renderPng } = await import(${
    JSON.stringify(import.meta.resolve("../../lib/figures/mod.ts"))
  });
    console.log((await renderPng(${JSON.stringify(spec("Wow"))})).toBase64());`;
  const elsewhere = await Deno.makeTempDir();
  try {
    const file = join(elsewhere, "draw.ts");
    await Deno.writeTextFile(file, script);
    const config = join(import.meta.dirname!, "..", "..", "deno.json");
    const args = ["run", "--allow-all", "--no-lock", "--quiet", "--config", config, file];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: elsewhere }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), here.toBase64());
  } finally {
    await Deno.remove(elsewhere, { recursive: true });
  }
});

Deno.test("fonts: advance widths of DejaVu Sans", () => {
  const widths = new FontWidths(Deno.readFileSync(fontFiles().regular));
  // From the font's own tables: 2048 units per em; i 569, m 1995, space 651, the box of unknown characters 1229.
  assert.equal(widths.width("im ", 2048), 569 + 1995 + 651);
  assert.equal(widths.width("", 10), 0);
  assert.equal(widths.width("\u{10ffff}", 2048), 1229);
  const bold = new FontWidths(Deno.readFileSync(fontFiles().bold));
  assert.ok(bold.width("entropy", 12) > widths.width("entropy", 12));
});

Deno.test("fonts: the layout uses them: a wider legend makes a wider picture", async () => {
  const width = async (label: string) => {
    const svg = await renderSvg(
      figure("w", "w", histogram({ values: [1, 2], bins: 2, x: "x", thresholds: [], title: label })).spec,
    );
    return Number(/width="([\d.]+)"/.exec(svg)![1]);
  };
  const long = "A heading that is clearly wider than the plotting area of the histogram below it, in bold type";
  const bold = new FontWidths(Deno.readFileSync(fontFiles().bold)).width(long, 14);
  assert.ok(Math.abs(await width(long) - bold - 24 - 50) < 40, `${await width(long)} for a text of ${bold}`);
  assert.ok(await width("short") < 520);
});
