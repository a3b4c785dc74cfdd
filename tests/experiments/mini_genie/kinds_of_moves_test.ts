/**
 * Why `relative` works, without any network: how many kinds of moves are left of Empty-5x5 for an action net that sees only
 * what changes (R13), in all four turns (R9), of cells that are not lit (R12).
 */
import assert from "node:assert/strict";
import { type KnownWorld, knownWorld, recordFrames, settingsFor } from "../../../lib/experiments/mini_genie/mod.ts";
import { withTurns } from "../../../lib/models/mini_genie/mod.ts";

const CELLS = 5, TILE = 4;

/** The cells that a move changes, relative to the first of them, with what they show before and after. */
function changeOf(before: Uint8Array, after: Uint8Array, side: number): string {
  const content = (picture: Uint8Array, cell: number) => {
    const row = Math.floor(cell / CELLS) * TILE, column = (cell % CELLS) * TILE;
    return [0, 1, 2, 3].map((y) => {
      const at = 3 * ((row + y) * side + column);
      return picture.subarray(at, at + 3 * TILE).join();
    }).join(";");
  };
  const changed = Array.from({ length: CELLS ** 2 }, (_, cell) => cell)
    .filter((cell) => content(before, cell) !== content(after, cell));
  const left = Math.min(...changed.map((cell) => cell % CELLS)), top = Math.floor(changed[0] / CELLS);
  return changed.map((cell) =>
    `${cell % CELLS - left},${Math.floor(cell / CELLS) - top}:${content(before, cell)}>${content(after, cell)}`
  ).join("|");
}

/** Kinds of moves that can be told apart: for each, the true actions that make it. */
function kindsOf({ frames, side, count, moves }: KnownWorld, turns: boolean): Map<string, Set<number>> {
  const turned = withTurns(frames, side), size = side * side * 3, kinds = new Map<string, Set<number>>();
  const frame = (f: number, turn: number) => turned.subarray((turn * count + f) * size, (turn * count + f + 1) * size);
  for (const { from, to, action } of moves) {
    const seen = (turns ? [0, 1, 2, 3] : [0]).map((turn) => changeOf(frame(from, turn), frame(to, turn), side));
    const kind = seen.sort().join(" or ");
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(action));
  }
  return kinds;
}

Deno.test("unlit, in all four turns, the 86 moves of Empty-5x5 are four kinds of change: the three actions, and the goal", () => {
  const settings = settingsFor("small", "relative"), recording = recordFrames(settings, 0);
  const world = knownWorld(settings, recording);
  assert.equal(world.moves.length, 86);
  const kinds = [...kindsOf(world, true).values()].map((actions) => [...actions]);
  // Left; right; forward; forward on to the goal.
  assert.deepEqual(kinds.sort(), [[0], [1], [2], [2]]);
  // Seen only as they are, each heading has kinds of its own, and any labelling of them is as good: so NMI(k, heading').
  assert.equal(kindsOf(world, false).size, 4 + 4 + 4 + 2);
  // Lit, nearly every place has its own: what the light does depends on where the agent stands.
  const lit = { ...settings, data: { ...settings.data, highlight: true } };
  assert.equal(kindsOf(knownWorld(lit, recordFrames(lit, 0)), true).size, 59);
});
