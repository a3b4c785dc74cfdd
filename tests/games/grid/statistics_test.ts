/**
 * Statistics of random play against spec 1 §2.1 and §7.4. The spec measured 300 games, we play 2,000 (fewer where long), so
 * each tolerance is four standard errors of the spec's figure, from the spread between our own sets of 300.
 */

import assert from "node:assert/strict";
import { chanceLabels, record, slide2048 } from "../../../lib/games/mod.ts";

interface Statistics {
  /** Share of moves that change nothing. */
  still: number;
  /** Share of cells that change. */
  changed: number;
  /** Mean true entropy of changed cells by that of unchanged cells: the ratio of a perfect predictor. */
  ratio: number;
  /** Share of chance cells, and their mean true entropy. */
  chance: number;
  bits: number;
}

function measure(trajectories: number, steps: number, burnIn: number, seed = 0): Statistics {
  const episodes = record("2048", { trajectories, steps, burnIn, seed });
  const labels = chanceLabels("2048", episodes);
  let still = 0, changed = 0, changedBits = 0, otherBits = 0, chance = 0;
  for (let row = 0; row < labels.count; row++) {
    const episode = Math.floor(labels.steps[row] / episodes.steps);
    const start = 16 * (labels.steps[row] + episode); // there is one observation more than steps in each episode
    let changes = 0;
    for (let cell = 0; cell < 16; cell++) {
      const bits = labels.bits[16 * row + cell];
      chance += labels.chance[16 * row + cell];
      if (episodes.observations[start + cell] !== episodes.observations[start + 16 + cell]) {
        changes++;
        changedBits += bits;
      } else otherBits += bits;
    }
    changed += changes;
    still += changes === 0 ? 1 : 0;
  }
  const cells = 16 * labels.count;
  return {
    still: still / labels.count,
    changed: changed / cells,
    ratio: (changedBits / changed) / (otherBits / (cells - changed)),
    chance: chance / cells,
    bits: (changedBits + otherBits) / chance,
  };
}

function assertNear(found: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: expected ${expected} ± ${tolerance} but found ${found}`);
}

const TABLE = [
  { steps: 3, games: 2000, still: 0.059, changed: 0.25, ratio: 0.69, errors: [0.0085, 0.003, 0.007] },
  { steps: 5, games: 2000, still: 0.077, changed: 0.275, ratio: 0.70, errors: [0.0065, 0.003, 0.006] },
  { steps: 10, games: 2000, still: 0.080, changed: 0.313, ratio: 0.73, errors: [0.005, 0.002, 0.005] },
  { steps: 30, games: 1000, still: 0.092, changed: 0.388, ratio: 0.87, errors: [0.003, 0.002, 0.007] },
  { steps: 50, games: 1000, still: 0.107, changed: 0.398, ratio: 1.08, errors: [0.0025, 0.002, 0.011] },
];

for (const { steps, games, still, changed, ratio, errors } of TABLE) {
  Deno.test(`2048, ${steps} steps: moves without effect, changed cells, ratio of the perfect predictor`, () => {
    const found = measure(games, steps, 0);
    assertNear(found.still, still, 4 * errors[0], "moves without effect");
    assertNear(found.changed, changed, 4 * errors[1], "changed cells");
    assertNear(found.ratio, ratio, 4 * errors[2], "ratio");
  });
}

Deno.test("2048 after a burn-in of 80 steps: the numbers of the small config", () => {
  const found = measure(2000, 10, 80);
  assertNear(found.ratio, 3.51, 0.5, "ratio");
  assertNear(found.still, 0.19, 0.04, "moves without effect");
  assertNear(found.chance, 0.20, 0.02, "share of chance cells");
  assertNear(found.bits, 0.845, 0.04, "entropy of chance cells");
});

Deno.test("2048: mean length of random games", () => {
  const { lengths } = record("2048", { trajectories: 1000, steps: 200, seed: 0 });
  const sorted = Array.from(lengths).sort((a, b) => a - b);
  assertNear(sorted.reduce((a, b) => a + b) / 1000, 136, 9, "mean length, at most 200"); // standard error of 300 games: 2.2
  assertNear(sorted[50], 76, 9, "shortest of 95 %");
  assert.equal(sorted[950], 200);
});

Deno.test("2048: share of first moves without effect, against all possible starts", () => {
  let expected = 0;
  const chance = [0, 0.9, 0.1];
  for (let first = 0; first < 16; first++) {
    for (let second = 0; second < 16; second++) {
      for (const [a, b] of [[1, 1], [1, 2], [2, 1], [2, 2]]) {
        if (first === second) continue;
        const board = new Uint8Array(16);
        [board[first], board[second]] = [a, b];
        for (let action = 0; action < 4; action++) {
          if (slide2048(board.slice(), action) < 0) expected += chance[a] * chance[b] / (16 * 15 * 4);
        }
      }
    }
  }
  const games = 10_000, { observations } = record("2048", { trajectories: games, steps: 2, seed: 0 });
  let still = 0;
  for (let i = 0; i < games; i++) {
    const board = observations.subarray(48 * i, 48 * i + 16), next = observations.subarray(48 * i + 16, 48 * i + 32);
    still += board.every((byte, cell) => byte === next[cell]) ? 1 : 0;
  }
  assertNear(still / games, expected, 5 * Math.sqrt(expected / games), "moves without effect");
});
