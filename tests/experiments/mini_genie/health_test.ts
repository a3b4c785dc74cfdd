import assert from "node:assert/strict";
import { CollapseWatch } from "../../../lib/experiments/mini_genie/mod.ts";
import { perplexityOf } from "../../../lib/experiments/mini_genie/health.ts";
import { compile, type Tensor } from "../../../lib/tensor/mod.ts";
import { perplexity } from "../../../lib/analysis/mod.ts";
import { testOnDevices } from "../../support/devices.ts";

const WATCHED = [{ stage: "a", metric: "codes", what: "codes", total: 10, advice: "Do something." }];

function told(counts: readonly number[], stage = "a"): string[] {
  const lines: string[] = [], watch = new CollapseWatch(WATCHED, (line) => lines.push(line));
  counts.forEach((codes, i) => watch.see({ stage, step: 10 * (i + 1), metrics: { codes } }));
  return lines;
}

Deno.test("a collapse is told once, when it has lasted, and so is its end", () => {
  assert.deepEqual(told([1, 1, 1, 1, 1, 5, 5]), [
    "Collapse: 1 of 10 codes in use for 3 logs, at step 30 of a. Do something.",
    "5 of 10 codes in use again, at step 60 of a.",
  ]);
  assert.deepEqual(told([1, 1, 2, 1, 1, 2, 1]), []);
  assert.equal(told([1, 1, 1, 9, 0, 0, 0]).length, 3);
  assert.deepEqual(told([0, 0, 0, 0], "b"), []);
});

testOnDevices("perplexity of counts, like the analysis has it", async (_, device) => {
  const program = compile(device, (counts: Tensor) => perplexityOf(counts));
  for (const counts of [[1, 0, 0, 0], [5, 5, 5, 5], [1, 2, 3, 4]]) {
    const found = await program.run(Float32Array.from(counts)).item();
    assert.ok(Math.abs(found - perplexity(counts)!) < 1e-4, `${counts}: ${found}`);
  }
  program.dispose();
});
