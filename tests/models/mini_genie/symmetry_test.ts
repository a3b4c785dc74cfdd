/** What the networks of `relative` cannot tell apart, whatever their parameters: R9 (turns), R11 (patches), R13 (changes). */
import assert from "node:assert/strict";
import type { Device } from "../../../lib/device/mod.ts";
import { type ActionNetSettings, Dreamer, type GenieSettings, MiniGenie } from "../../../lib/models/mini_genie/mod.ts";
import { withTurns } from "../../../lib/models/mini_genie/turns.ts";
import { Stream } from "../../../lib/random.ts";
import { testOnDevices } from "../../support/devices.ts";
import { spreadCodes } from "./spread_codes.ts";

const GRID = 6, SIDE = 4 * GRID, SIZE = SIDE * SIDE * 3, N = GRID * GRID, CODES = 12;

/** A model with random parameters. */
async function opened(device: Device, net: Partial<ActionNetSettings>, patches: boolean, seed = 3) {
  const settings: GenieSettings = {
    imageSide: SIDE,
    vqVae: { hidden: 8, residual: 4, codeWidth: 8, codes: CODES, decay: 0.97, patches },
    actionNet: {
      actions: 3,
      width: 4,
      channels: [4, 8, 8],
      hidden: 8,
      pooled: false,
      changes: false,
      turns: "none",
      ...net,
    },
    dynamics: { width: 8, heads: 2, layers: 1, inner: 16, dropout: 0 },
  };
  const model = new MiniGenie(settings, seed).place(device), dreamer = new Dreamer(device, model);
  await spreadCodes(device, model);
  return { model, dreamer, dispose: () => [dreamer, model].forEach((part) => part.dispose()) };
}

function pictures(count: number, name: string): Uint8Array {
  const stream = Stream.named(2, name);
  return Uint8Array.from({ length: count * SIZE }, () => stream.below(256));
}

function farthest(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

testOnDevices(
  "R9: in all four turns a turned pair has the same probabilities; as it is, it has not",
  async (_, device) => {
    const [before, after] = [pictures(5, "before"), pictures(5, "after")];
    const turned = [before, after].map((x) => withTurns(x, SIDE));
    for (const patches of [false, true]) {
      for (const turns of ["all", "none"] as const) {
        const { dreamer, dispose } = await opened(device, { turns }, patches);
        const own = await dreamer.infer(await dreamer.look(before), await dreamer.look(after));
        const all = await dreamer.infer(await dreamer.look(turned[0]), await dreamer.look(turned[1]));
        const off = [1, 2, 3].map((r) => farthest(own.probabilities, all.probabilities.slice(15 * r, 15 * (r + 1))));
        if (turns === "all") assert.ok(Math.max(...off) < 1e-5, `${off}`);
        else assert.ok(Math.min(...off) > 1e-4, `a net without the repair should tell turns apart: ${off}`);
        dispose();
      }
    }
  },
);

testOnDevices("R9: a look is the codes of the picture and of its three turns, in this order", async (_, device) => {
  const { dreamer, dispose } = await opened(device, { turns: "all" }, true), two = pictures(2, "look");
  const looks = await dreamer.look(two), turned = await dreamer.encode(withTurns(two, SIDE));
  for (let i = 0; i < 2; i++) {
    for (let r = 0; r < 4; r++) {
      const at = (4 * i + r) * N;
      assert.deepEqual(looks.slice(at, at + N), turned.slice((2 * r + i) * N, (2 * r + i + 1) * N), `${i}, turn ${r}`);
    }
  }
  await assert.rejects(
    () => dreamer.infer(new Int32Array(N), new Int32Array(N)),
    /looks of 144 elements each, but found 36/,
  );
  dispose();
});

/** A change of two neighbouring tokens at (x, y), in a grid of other codes. */
function change(x: number, y: number, background: string): [Int32Array, Int32Array] {
  const stream = Stream.named(7, background), before = Int32Array.from({ length: N }, () => stream.below(CODES));
  const at = y * GRID + x, after = before.slice();
  [before[at], before[at + 1]] = [3, 5];
  [after[at], after[at + 1]] = [5, 8];
  return [before, after];
}

testOnDevices("R13: a change has the same probabilities wherever it happens, and whatever stays", async (_, device) => {
  const places = [[0, 0], [4, 0], [2, 3], [4, 5], [0, 5], [3, 1]] as const;
  const pairs = places.map(([x, y], i) => change(x, y, `background ${i}`));
  const joined = (which: 0 | 1) => Int32Array.from(pairs.flatMap((pair) => [...pair[which]]));
  const spreadOf = async (net: Partial<ActionNetSettings>) => {
    const { dreamer, dispose } = await opened(device, net, true);
    const { probabilities } = await dreamer.infer(joined(0), joined(1));
    dispose();
    const row = (i: number) => probabilities.slice(3 * i, 3 * i + 3);
    return Math.max(...places.map((_, i) => farthest(row(0), row(i))));
  };
  assert.ok(await spreadOf({ changes: true }) < 1e-6);
  assert.ok(await spreadOf({ pooled: true }) > 1e-4, "averaging alone should still tell the place");
  // Another change is seen as another one.
  const { dreamer, dispose } = await opened(device, { changes: true }, true), [before, after] = change(2, 3, "same");
  const forth = await dreamer.infer(before, after), back = await dreamer.infer(after, before);
  assert.ok(farthest(forth.probabilities, back.probabilities) > 1e-4);
  // Nothing changes: finite, and the same for all grids.
  const still = await Promise.all([before, after].map((grid) => dreamer.infer(grid, grid)));
  assert.ok(still[0].probabilities.every(Number.isFinite));
  assert.equal(farthest(still[0].probabilities, still[1].probabilities), 0);
  dispose();
});

testOnDevices("R11: a token sees its own patch and paints it, and nothing else", async (_, device) => {
  for (const patches of [true, false]) {
    const { dreamer, dispose } = await opened(device, {}, patches), own = pictures(1, "own"), other = own.slice();
    // Another patch in column 2, row 3.
    const fresh = Stream.named(9, "patch");
    for (let y = 12; y < 16; y++) {
      for (let at = 3 * (y * SIDE + 8); at < 3 * (y * SIDE + 12); at++) other[at] = fresh.below(256);
    }
    const [tokens, changedTokens] = [await dreamer.encode(own), await dreamer.encode(other)];
    const differ = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a, (_, i) => i).filter((i) => a[i] !== b[i]);
    const grid = tokens.slice();
    grid[3 * GRID + 2] = (grid[3 * GRID + 2] + 1) % CODES;
    const painted = differ(await dreamer.decodeExactly(tokens), await dreamer.decodeExactly(grid));
    const patchOf = (i: number) => Math.floor(i / 3 / SIDE / 4) * GRID + Math.floor((Math.floor(i / 3) % SIDE) / 4);
    const patchesPainted = new Set(painted.map(patchOf));
    if (patches) {
      assert.ok(differ(tokens, changedTokens).every((token) => token === 3 * GRID + 2));
      assert.deepEqual([...patchesPainted], [3 * GRID + 2]);
    } else assert.ok(patchesPainted.size > 1, "overlapping windows should paint several patches");
    dispose();
  }
  // Equal patches have equal codes wherever they are.
  const { dreamer, dispose } = await opened(device, {}, true), random = Stream.named(5, "tile");
  const tile = Uint8Array.from({ length: 48 }, () => random.below(256)), tiled = new Uint8Array(SIZE);
  for (let i = 0; i < SIZE; i++) {
    const x = Math.floor(i / 3) % SIDE, y = Math.floor(i / 3 / SIDE);
    tiled[i] = tile[3 * ((y % 4) * 4 + x % 4) + i % 3];
  }
  assert.equal(new Set(await dreamer.encode(tiled)).size, 1);
  dispose();
});
