/** Sizes of the seed's networks, and what their construction promises. */
import assert from "node:assert/strict";
import { MiniGenie } from "../../../lib/models/mini_genie/mod.ts";

const SEED_SIZES = {
  imageSide: 64,
  vqVae: { hidden: 128, residual: 32, codeWidth: 64, codes: 512, decay: 0.99, patches: false },
  actionNet: {
    actions: 8,
    width: 64,
    channels: [64, 128, 128] as const,
    hidden: 256,
    pooled: false,
    changes: false,
    turns: "none" as const,
  },
  dynamics: { width: 256, heads: 4, layers: 4, inner: 2048, dropout: 0.1 },
};

const count = (tensors: readonly { size: number }[]) => tensors.reduce((sum, { size }) => sum + size, 0);

Deno.test("the seed's sizes have the parameters that spec 3 counts", () => {
  const model = new MiniGenie(SEED_SIZES, 0);
  assert.equal(count(model.vqVaeParameters), 694_851);
  assert.equal(count(model.pairParameters), 854_600 + 5_590_784);
  const pooled = new MiniGenie(
    { ...SEED_SIZES, actionNet: { ...SEED_SIZES.actionNet, channels: [64, 128, 256], pooled: true } },
    0,
  );
  assert.equal(count(pooled.pairParameters), 543_432 + 5_590_784);
});

Deno.test("config S has the parameters that spec 3 counts", () => {
  const model = new MiniGenie({
    imageSide: 40,
    vqVae: { hidden: 32, residual: 8, codeWidth: 16, codes: 64, decay: 0.97, patches: false },
    actionNet: {
      actions: 8,
      width: 16,
      channels: [32, 64, 64],
      hidden: 64,
      pooled: false,
      changes: false,
      turns: "none" as const,
    },
    dynamics: { width: 64, heads: 4, layers: 2, inner: 128, dropout: 0 },
  }, 0);
  assert.equal(count(model.vqVaeParameters), 43_667);
  assert.equal(count(model.pairParameters), 103_144 + 82_176);
});

Deno.test("a side that two halvings do not divide is refused", () => {
  assert.throws(() => new MiniGenie({ ...SEED_SIZES, imageSide: 42 }, 0), /a multiple of 4, but found 42/);
});
