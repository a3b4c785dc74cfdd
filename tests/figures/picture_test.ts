import assert from "node:assert/strict";
import fc from "fast-check";
import {
  blankPicture,
  colourAt,
  columnOf,
  DRAWABLE,
  encodeGif,
  encodePng,
  factorFor,
  filmStrip,
  framed,
  greyPicture,
  gridOf,
  heatMapPicture,
  heatPicture,
  labelled,
  labelledGrid,
  type Picture,
  pngUrl,
  rgbPicture,
  rowOf,
  RULE_TO_CHANCE,
  textPicture,
  upscale,
} from "../../lib/figures/mod.ts";
import { readPng } from "./png_reader.ts";

/** Red, green and blue of the pixel at (x, y). */
function pixel({ width, rgba }: Picture, x: number, y: number): number[] {
  return [...rgba.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
}

Deno.test("greyPicture and rgbPicture: levels are mapped, clipped and rounded", () => {
  assert.deepEqual([...greyPicture([0, 0.5, 1, 2], 2, 2).rgba], [
    0,
    0,
    0,
    255,
    128,
    128,
    128,
    255,
    255,
    255,
    255,
    255,
    255,
    255,
    255,
    255,
  ]);
  assert.deepEqual(pixel(rgbPicture([10, 20, 30], 1, 1), 0, 0), [10, 20, 30]);
  assert.deepEqual(pixel(rgbPicture([-1, 0, 1], 1, 1, { low: -1, high: 1 }), 0, 0), [0, 128, 255]);
  assert.throws(() => greyPicture([1, 2, 3], 2, 2), /expected 4 values for 2 × 2 but found 3/);
  assert.throws(() => rgbPicture([1, 2, 3, 4], 2, 1), /expected 6 values for 1 × 2 × 3 but found 4/);
});

Deno.test("heatPicture: ends of the map, clipping, grey for NaN", () => {
  const picture = heatPicture([0, 2, 9, NaN], 4, 1, { low: 0, high: 2, map: RULE_TO_CHANCE });
  assert.deepEqual(pixel(picture, 0, 0), [0x31, 0x36, 0x95]);
  assert.deepEqual(pixel(picture, 1, 0), [0xa5, 0x00, 0x26]);
  assert.deepEqual(pixel(picture, 2, 0), [0xa5, 0x00, 0x26]);
  assert.deepEqual(pixel(picture, 3, 0), [0xd4, 0xd4, 0xd4]);
  assert.deepEqual(colourAt(RULE_TO_CHANCE, 0.5), [0xff, 0xff, 0xbf]);
});

Deno.test("upscale: each pixel becomes a square", () => {
  const big = upscale(greyPicture([0, 1, 1, 0], 2, 2), 3);
  assert.equal(big.width, 6);
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 6; x++) assert.equal(pixel(big, x, y)[0], (x < 3) === (y < 3) ? 0 : 255);
  }
  assert.throws(() => upscale(big, 1.5), /whole factor from 1 but found 1.5/);
  assert.equal(factorFor(big, 64), 10);
});

Deno.test("rows, columns, grids and frames: places and background", () => {
  const red = blankPicture(2, 2, "#ff0000"), blue = blankPicture(4, 4, "#0000ff");
  const row = rowOf([red, blue], { gap: 1, margin: 1, background: "#00ff00" });
  assert.deepEqual([row.width, row.height], [9, 6]);
  assert.deepEqual([pixel(row, 0, 0), pixel(row, 1, 2), pixel(row, 1, 1), pixel(row, 3, 2), pixel(row, 4, 1)], [
    [0, 255, 0],
    [255, 0, 0],
    [0, 255, 0],
    [0, 255, 0],
    [0, 0, 255],
  ]);
  const column = columnOf([red, blue], { gap: 2 });
  assert.deepEqual([column.width, column.height], [4, 8]);
  const grid = gridOf([red, blue, red], 2, { gap: 0 });
  assert.deepEqual([grid.width, grid.height], [8, 8]);
  assert.deepEqual([pixel(grid, 1, 1), pixel(grid, 4, 0), pixel(grid, 1, 5), pixel(grid, 5, 5)], [
    [255, 0, 0],
    [0, 0, 255],
    [255, 0, 0],
    [255, 255, 255],
  ]);
  assert.deepEqual(pixel(framed(red, 1, "#000000"), 0, 3), [0, 0, 0]);
});

Deno.test("textPicture: every glyph has ink, no two are alike, unknown characters are a box", () => {
  const shapes = [...DRAWABLE].map((glyph) => textPicture(glyph).rgba.join());
  assert.equal(new Set(shapes).size, shapes.length);
  for (const [i, glyph] of [...DRAWABLE].entries()) assert.equal(shapes[i].includes("43,43,43"), glyph !== " ", glyph);
  assert.deepEqual([textPicture("abc").width, textPicture("abc", { scale: 2 }).height], [17, 14]);
  assert.deepEqual(textPicture("t=1"), textPicture("T=1"));
  assert.deepEqual(textPicture("ö"), textPicture("漢"));
});

Deno.test("film strips, labelled grids and heat maps have the expected sizes", () => {
  const frames = Array.from({ length: 5 }, (_, i) => greyPicture(new Float32Array(16).fill(i / 5), 4, 4));
  const film = filmStrip(frames, { every: 2, factor: 2, gap: 1 });
  assert.deepEqual([film.width, film.height], [3 * 8 + 2, 8]);
  const text = filmStrip(frames, { factor: 4, columns: 3, label: (i) => `t=${i}`, gap: 3 });
  assert.deepEqual([text.width, text.height], [3 * 17 + 6, 2 * (16 + 3 + 7) + 3]);
  assert.equal(labelled(frames[0], "a").height, 4 + 3 + 7);
  assert.throws(() => labelledGrid(frames, ["a"], 2), /expected 5 labels .* but found 1/);
  const heat = heatMapPicture([0, 1, 2, NaN], 2, 2, { low: 0, high: 2, map: RULE_TO_CHANCE }, { factor: 20 });
  assert.equal(heat.height, 40);
  assert.deepEqual(pixel(heat, 0, 0), [0x31, 0x36, 0x95]);
});

Deno.test("encodePng: exact round trip of grey, colour and transparent pictures, same bytes each time", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const picture = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 3, 4))
    .chain(([width, height, channels]) =>
      fc.array(byte, { minLength: width * height * channels, maxLength: width * height * channels }).map((values) => {
        const rgba = new Uint8ClampedArray(4 * width * height);
        for (let i = 0; i < width * height; i++) {
          for (let c = 0; c < 4; c++) {
            rgba[4 * i + c] = channels === 1
              ? (c < 3 ? values[i] : 255)
              : c < channels
              ? values[i * channels + c]
              : 255;
          }
        }
        return { width, height, rgba };
      })
    );
  fc.assert(
    fc.property(picture, (picture) => {
      const bytes = encodePng(picture);
      assert.deepEqual(encodePng(picture), bytes);
      const { width, height, channels, samples } = readPng(bytes);
      assert.deepEqual([width, height], [picture.width, picture.height]);
      const rgba = Array.from({ length: 4 * width * height }, (_, i) => {
        const pixel = i >> 2, c = i & 3;
        return c < channels && channels > 1 ? samples[pixel * channels + c] : c < 3 ? samples[pixel] : 255;
      });
      assert.deepEqual(rgba, [...picture.rgba]);
    }),
    { seed: 3, numRuns: 200 },
  );
});

Deno.test("encodePng: the runtime's own decoder agrees, and flat pictures are small", async () => {
  const picture = upscale(greyPicture([0, 0.25, 0.5, 1], 2, 2), 40);
  const bytes = encodePng(picture);
  const image = await createImageBitmap(new Blob([bytes]));
  assert.deepEqual([image.width, image.height], [80, 80]);
  assert.ok(bytes.length < 250, `${bytes.length} bytes`);
  assert.match(pngUrl(picture), /^data:image\/png;base64,iVBORw0KGgo/);
});

Deno.test("encodeGif: size, frame count, endless repetition; exact colours; wrong input is refused", () => {
  const frames = [0, 0.5, 1].map((grey) => upscale(greyPicture([grey, 1 - grey], 2, 1), 4));
  const gif = encodeGif(frames, { framesPerSecond: 5 });
  assert.equal(new TextDecoder().decode(gif.subarray(0, 6)), "GIF89a");
  const view = new DataView(gif.buffer);
  assert.deepEqual([view.getUint16(6, true), view.getUint16(8, true)], [8, 4]);
  const text = Array.from(gif, (byte) => String.fromCharCode(byte)).join("");
  assert.ok(text.includes("NETSCAPE2.0"));
  // Graphic control extension: delay in hundredths of a second.
  const controls = gif.filter((byte, i) =>
    byte === 0x21 && gif[i + 1] === 0xf9 && gif[i + 2] === 4 && view.getUint16(i + 4, true) === 20
  );
  assert.equal(controls.length, 3);
  // Palette of the three greys 0, 128, 255 (and filling).
  for (const grey of [0, 128, 255]) {
    assert.ok(text.slice(13, 13 + 12).includes(String.fromCharCode(grey).repeat(3)), `${grey}`);
  }
  assert.deepEqual(encodeGif(frames, { framesPerSecond: 5 }), gif);
  assert.throws(() => encodeGif([]), /at least one frame/);
  assert.throws(
    () => encodeGif([frames[0], blankPicture(1, 1)]),
    /expected 8 × 4 in every frame but found 1 × 1 in frame 1/,
  );
  assert.throws(() => encodeGif(frames, { framesPerSecond: 100 }), /at most 50 frames per second but found 100/);
});

Deno.test("encodeGif: more than 256 colours are reduced, not refused", () => {
  const values = Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 89) % 256);
  assert.equal(new TextDecoder().decode(encodeGif([rgbPicture(values, 32, 32)]).subarray(0, 6)), "GIF89a");
});
