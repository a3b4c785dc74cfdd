/** Where dead codes start again. */
import assert from "node:assert/strict";
import { Parameters, VectorQuantizer } from "../../lib/nn/mod.ts";
import { compile, tensor } from "../../lib/tensor/mod.ts";
import { CodeResets, type TracedReseed } from "../../lib/train/mod.ts";
import { testOnDevices } from "../support/devices.ts";

const CODES = 6, DEPTH = 2, TOKENS = 200;

testOnDevices(
  "drawn by error, dead codes go to the tokens that no code shows; drawn from all, to the many",
  async (_, device) => {
    // 197 tokens are code 0 to the bit; three, of two kinds, are far from every code.
    const values = new Float32Array(TOKENS * DEPTH);
    for (let i = 0; i < TOKENS; i++) {
      values.set(
        i === 50 || i === 51 ? [3, 1] : i === 120 ? [-2, 4] : [0.5, 0.5],
        i * DEPTH,
      );
    }
    const results: Record<string, number[]> = {};
    for (const draw of ["by error", "any"] as const) {
      const parameters = new Parameters();
      const quantizer = new VectorQuantizer(parameters, "q", CODES, DEPTH, 0.97, (into) => into.fill(0));
      parameters.place(device);
      quantizer.place(device);
      const codebook = new Float32Array(CODES * DEPTH).fill(0.4);
      codebook.set([0.5, 0.5]);
      quantizer.codebook.write(codebook);
      quantizer.state.usage.write(Float32Array.of(197, 3, 0, 0, 0, 0));
      const settings = { every: 1, until: null, least: 1, most: null, clear: "always", draw } as const;
      const resets = new CodeResets(settings, TOKENS, quantizer, 4);
      const tokens = tensor(device, values, [TOKENS, DEPTH], "tokens");
      const program = compile(device, (reseed: TracedReseed) => resets.traceReset(tokens, reseed));
      const state = resets.state(), reseed = resets.drawReset();
      assert.equal(await program.run(reseed).item(), 4);
      const found = await quantizer.codebook.floats();
      assert.deepEqual(
        [...found.slice(0, 4)].map((v) => Math.round(10 * v) / 10),
        [0.5, 0.5, 0.4, 0.4],
        "codes in use stay",
      );
      results[draw] = [2, 3, 4, 5].map((code) => found[code * DEPTH]);
      // The stream goes on where it was stored.
      const again = new CodeResets(settings, TOKENS, quantizer, 99);
      again.restore(state);
      assert.deepEqual(again.drawReset(), reseed);
      program.dispose();
      for (const part of [parameters, quantizer, tokens]) part.dispose();
    }
    const near = (x: number, to: number) => Math.abs(x - to) < 0.1;
    assert.ok(results["by error"].every((x) => near(x, 3) || near(x, -2)), `${results["by error"]}`);
    assert.ok(results.any.some((x) => near(x, 0.5)), `${results.any}`);
  },
);
