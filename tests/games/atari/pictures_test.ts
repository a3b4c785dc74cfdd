/** Palette, greys, resizing: against the golden file and against pictures that OpenCV made smaller. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  AreaResize,
  averageColours,
  coloursToGrey,
  coloursToRgb,
  NTSC_GREY,
  NTSC_RGB,
  resizeTo84x64,
} from "../../../lib/games/mod.ts";
import { areaWeights } from "../../../lib/games/atari/resize.ts";
import { brighter } from "../../../lib/games/atari/atari_preprocessing.ts";

const read = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(path, import.meta.url)));
const golden = read("../../golden/2-macros.json").preprocessing;
const opencv = read("./fixtures/opencv_resize.json");
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const sum = (bytes: ArrayLike<number>) => Array.from(bytes).reduce((a, b) => a + b, 0);

Deno.test("palette and greys are ALE's, all 128 of them", () => {
  const hex = Array.from(
    { length: 128 },
    (_, i) => [...NTSC_RGB.subarray(3 * i, 3 * i + 3)].map((v) => v.toString(16).padStart(2, "0")),
  );
  assert.deepEqual(hex.map((parts) => parts.join("")), golden.ntsc_rgb);
  assert.deepEqual([...NTSC_GREY], golden.ntsc_gray);
  assert.deepEqual([...coloursToRgb(Uint8Array.of(0x46, 0xfe))], [0xc8, 0x48, 0x48, 0xfc, 0xe0, 0x70]);
  assert.deepEqual([...coloursToGrey(Uint8Array.of(0x46, 0xfe))], [110, 220]);
});

Deno.test("grey, brighter of two, 84 × 84: the golden file's pictures", () => {
  const frame = (a: number, b: number, c: number, d: number) =>
    Uint8Array.from({ length: 210 * 160 }, (_, i) => {
      const y = Math.floor(i / 160), x = i % 160;
      return 2 * ((a * x + b * y + Math.floor(x * y / c) + d) % 128);
    });
  const [grey0, grey1] = [frame(7, 13, 17, 0), frame(3, 11, 23, 40)].map((f) => coloursToGrey(f));
  assert.deepEqual([sum(grey0), sum(grey1)], [golden.gray0_sum, golden.gray1_sum]);
  const both = brighter(grey0, grey1);
  assert.equal(sum(both), golden.max_sum);
  const out = new AreaResize([210, 160], [84, 84]).apply(both);
  assert.equal(sum(out), golden.out_sum);
  for (const [y, x, value] of golden.samples) assert.equal(out[y * 84 + x], value, `${y}, ${x}`);
  assert.equal(md5(out), golden.out_md5);
});

Deno.test("the first weights of the area resize are the golden file's", () => {
  for (const [size, expected] of [[210, golden.weights_first_rows], [160, golden.weights_first_cols]]) {
    const found = areaWeights(size, 84).slice(0, expected.length).map(({ first, weights }) =>
      Array.from(weights, (w, i) => [first + i, w])
    );
    assert.deepEqual(found, expected);
  }
  for (const { weights } of areaWeights(160, 84)) assert.ok(Math.abs(sum(weights) - 1) < 1e-6);
});

Deno.test(`resizing equals ${opencv.made_by} in every byte`, () => {
  for (const { multipliers: [a, b, d], input, ...expected } of opencv.pictures) {
    const picture = new Uint8Array(210 * 160 * 3);
    for (let y = 0, at = 0; y < 210; y++) {
      for (let x = 0; x < 160; x++) {
        for (let c = 0; c < 3; c++) {
          picture[at++] = Math.floor((a * y + b * x + d * y * x + 50 * c) * (a * y * y + x + 7 * c + 1) / 8) % 256;
        }
      }
    }
    const grey = picture.filter((_, i) => i % 3 === 0);
    assert.equal(md5(picture), input, "the formula");
    assert.deepEqual(
      {
        area_grey: md5(new AreaResize([210, 160], [84, 84]).apply(grey)),
        area_colour: md5(new AreaResize([210, 160], [84, 84], 3).apply(picture)),
        area_grey_64: md5(new AreaResize([210, 160], [64, 64]).apply(grey)),
        linear_colour: md5(resizeTo84x64(picture)),
        linear_grey: md5(resizeTo84x64(grey, 1)),
      },
      expected,
    );
  }
});

Deno.test("84 × 64 stays within one of the exact kernel (samples of golden file 4)", () => {
  const picture = Uint8Array.from({ length: 210 * 160 * 3 }, (_, i) => {
    const c = i % 3, x = Math.floor(i / 3) % 160, y = Math.floor(i / 480);
    return (7 * y + 13 * x + 5 * y * x + 50 * c) % 256;
  });
  const exact: [number, number][] = [[0, 17.8125], [701, 191.0625], [4207, 51.4375], [9115, 121.6875], [
    16127,
    152.8125,
  ]];
  const out = resizeTo84x64(picture);
  for (const [at, value] of exact) assert.ok(Math.abs(out[at] - value) <= 1, `${at}: ${out[at]}, ${value}`);
  assert.ok(Math.abs(sum(out) / out.length - 126.617063492063) < 0.5);
});

Deno.test("colour averaging: equal colours, symmetry, and one pair by hand", () => {
  const all = Uint8Array.from({ length: 128 }, (_, i) => 2 * i), black = new Uint8Array(128);
  // White over black: 77 % of 236 is 181, without its low bits 180; (170, 170, 170) is 30 away and (192, 192, 192) 36.
  assert.equal(averageColours(Uint8Array.of(14), Uint8Array.of(0))[0], 8);
  assert.deepEqual(averageColours(all, black), averageColours(black, all));
  const kept = averageColours(all, all).filter((byte, i) => byte === all[i]).length;
  assert.ok(kept >= 120, `${kept} colours stay what they are`);
});

Deno.test("pictures of another size are refused", () => {
  assert.throws(() => resizeTo84x64(new Uint8Array(5)), /expected 100800 bytes but found 5/);
  assert.throws(
    () => new AreaResize([210, 160], [84, 84]).apply(new Uint8Array(5)),
    /expected 33600 bytes but found 5/,
  );
  assert.throws(() => new AreaResize([210, 160], [84, 161]), /from \[1, 1\] to \[210, 160\] but found \[84, 161\]/);
});
