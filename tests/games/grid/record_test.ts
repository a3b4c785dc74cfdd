import assert from "node:assert/strict";
import { type Episodes, observationAt } from "../../../lib/data/mod.ts";
import {
  afterstate2048,
  BLACK,
  isOver2048,
  legalOthello,
  opponent,
  type Player,
  playOthello,
  record,
  startOthello,
} from "../../../lib/games/mod.ts";

/** What must hold for every set: sizes, padding by the last board and action 0, a longest trajectory without padding. */
function assertPadding(episodes: Episodes): void {
  const { count, steps, observationShape, observations, actions, lengths } = episodes;
  assert.equal(observations.length, count * (steps + 1) * observationShape[0] * observationShape[1]);
  assert.deepEqual([actions.length, lengths.length], [count * steps, count]);
  assert.equal(Math.max(...lengths), steps);
  assert.ok(lengths.every((length) => length >= 2));
  for (let i = 0; i < count; i++) {
    const last = observationAt(episodes, i, lengths[i]);
    for (let t = lengths[i]; t < steps; t++) {
      assert.equal(actions[i * steps + t], 0);
      assert.deepEqual(observationAt(episodes, i, t + 1), last);
    }
  }
}

function assertLegal2048(episodes: Episodes): void {
  for (let i = 0; i < episodes.count; i++) {
    for (let t = 0; t < episodes.lengths[i]; t++) {
      const board = observationAt(episodes, i, t), next = observationAt(episodes, i, t + 1);
      const after = afterstate2048(board, episodes.actions[i * episodes.steps + t]);
      const added = Array.from(after.keys()).filter((cell) => after[cell] !== next[cell]);
      const moved = after.some((byte, cell) => byte !== board[cell]);
      assert.equal(added.length, moved ? 1 : 0, `trajectory ${i}, step ${t}`);
      for (const cell of added) assert.ok(after[cell] === 0 && (next[cell] === 1 || next[cell] === 2));
      assert.equal(isOver2048(next), false, "the step that ends the game is not recorded");
    }
  }
}

Deno.test("2048: every recorded step follows the rules, padding and lengths are right", () => {
  const episodes = record("2048", { trajectories: 60, steps: 150, seed: 1 });
  assert.deepEqual(episodes.observationShape, [4, 4]);
  assertPadding(episodes);
  assertLegal2048(episodes);
  assert.ok(episodes.lengths.some((length) => length < 150), "some games end before 150 steps");
  for (let i = 0; i < episodes.count; i++) {
    assert.equal(observationAt(episodes, i, 0).filter((byte) => byte > 0).length, 2);
  }
});

Deno.test("2048: a burn-in starts deep in the game, and games that end before it are played again", () => {
  const episodes = record("2048", { trajectories: 200, steps: 10, burnIn: 80, seed: 1 });
  assertPadding(episodes);
  assertLegal2048(episodes);
  let tiles = 0, sum = 0;
  for (let i = 0; i < episodes.count; i++) {
    const board = observationAt(episodes, i, 0);
    tiles += board.filter((byte) => byte > 0).length;
    sum += board.reduce((total, byte) => total + (byte ? 2 ** byte : 0), 0);
    assert.equal(isOver2048(board), false);
  }
  // Every moving step adds a tile of 2 or 4; about 12 in 100 move nothing: (2 + 80·0.87)·2.2 ≈ 157.
  assert.ok(sum / 200 > 145 && sum / 200 < 170, `mean sum ${sum / 200}`);
  assert.ok(tiles / 200 > 9, `${tiles / 200} tiles`);
});

Deno.test("Othello: every recorded step follows the rules with its passes; the last move is recorded", () => {
  const episodes = record("othello", { trajectories: 40, steps: 100, seed: 1 });
  assert.deepEqual(episodes.observationShape, [8, 8]);
  assertPadding(episodes);
  let passes = 0;
  for (let i = 0; i < episodes.count; i++) {
    const board = startOthello();
    let player: Player = BLACK;
    for (let t = 0; t < episodes.lengths[i]; t++) {
      assert.deepEqual(observationAt(episodes, i, t), board);
      if (legalOthello(board, player).length === 0) {
        player = opponent(player);
        passes++;
      }
      assert.ok(playOthello(board, episodes.actions[i * episodes.steps + t], player) > 0, `trajectory ${i}, step ${t}`);
      player = opponent(player);
    }
    assert.deepEqual(observationAt(episodes, i, episodes.lengths[i]), board);
    assert.deepEqual([legalOthello(board, 1), legalOthello(board, 2)], [[], []]);
  }
  assert.ok(episodes.steps <= 60);
  assert.ok(passes > 0, "random games have passes");
});

Deno.test("a set is a function of its seed and stream, and shorter sets are its beginning", () => {
  for (const game of ["2048", "othello"] as const) {
    const options = { trajectories: 12, steps: 9, burnIn: 5, seed: 4 };
    const episodes = record(game, options);
    assert.deepEqual(record(game, options), episodes);
    assert.notDeepEqual(record(game, { ...options, seed: 5 }).actions, episodes.actions);
    assert.notDeepEqual(record(game, { ...options, stream: "data/test" }).actions, episodes.actions);
    const few = record(game, { ...options, trajectories: 5 });
    assert.deepEqual(few.actions, episodes.actions.subarray(0, few.actions.length));
  }
});

Deno.test("recorded sets are frozen: seed 0", async () => {
  const digest = async (game: "2048" | "othello") => {
    const { observations, actions } = record(game, { trajectories: 20, steps: 10, burnIn: 8, seed: 0 });
    const bytes = Uint8Array.from([...observations, ...actions]);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  assert.deepEqual([await digest("2048"), await digest("othello")], ["a7db59bd18022625", "58eb027a497d5aee"]);
});

Deno.test("counts out of range and an endless burn-in are refused", () => {
  const options = { trajectories: 1, steps: 2, seed: 0 };
  assert.throws(
    () => record("2048", { ...options, steps: 1 }),
    /steps: expected an integer from 2 to 65535 but found 1/,
  );
  assert.throws(() => record("2048", { ...options, trajectories: 0 }), /trajectories: expected an integer from 1/);
  assert.throws(() => record("2048", { ...options, burnIn: -1 }), /burnIn: expected an integer from 0/);
  assert.throws(() => record("othello", { ...options, burnIn: 61 }), /lasted 63 steps; choose a smaller burnIn/);
});
