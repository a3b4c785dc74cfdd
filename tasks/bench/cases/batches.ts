/** Batches for the training steps: random play of 2048 after a burn-in (spec 1 §2, C7), one move of each game. */
import { record, renderBatch2048 } from "../../../lib/games/mod.ts";
import { gridOf, type ModelSizes } from "./model.ts";

/** Frames [batch, side, side, 1], grey in [0, 1]. */
export type FrameBatch = Float32Array<ArrayBuffer>;

export interface TransitionBatch {
  /** Codes of the cells before the move, [batch, tokens]. */
  readonly before: Int32Array;
  /** [batch] */
  readonly actions: Int32Array;
  /** Codes after the move and the new tile, [batch, tokens]. */
  readonly after: Int32Array;
}

const CELLS = 16;

/** As many batches of rendered boards. */
export function frameBatches(sizes: ModelSizes, batch: number, count: number): FrameBatch[] {
  const { before } = moves(batch * count);
  return Array.from({ length: count }, (_, i) => {
    const boards = before.subarray(i * batch * CELLS, (i + 1) * batch * CELLS);
    return renderBatch2048(boards, batch, sizes.side, new Float32Array(batch * sizes.side ** 2));
  });
}

/** As many batches of transitions, one code per tile value; tiles beyond the last code share it. */
export function transitionBatches(sizes: ModelSizes, batch: number, count: number): TransitionBatch[] {
  if (gridOf(sizes) ** 2 !== CELLS) {
    throw new RangeError(`a board of 2048 has ${CELLS} cells, not ${gridOf(sizes) ** 2}`);
  }
  const { before, actions, after } = moves(batch * count);
  const codes = (boards: Uint8Array, i: number) =>
    Int32Array.from(
      boards.subarray(i * batch * CELLS, (i + 1) * batch * CELLS),
      (tile) => Math.min(tile, sizes.codes - 1),
    );
  return Array.from({ length: count }, (_, i) => ({
    before: codes(before, i),
    actions: Int32Array.from(actions.subarray(i * batch, (i + 1) * batch)),
    after: codes(after, i),
  }));
}

/** 1 / variance of all pixels: the weight of the reconstruction (C2). */
export function reconstructionWeight(batches: readonly FrameBatch[]): number {
  let count = 0, sum = 0, squares = 0;
  for (const frames of batches) {
    for (const pixel of frames) [count, sum, squares] = [count + 1, sum + pixel, squares + pixel * pixel];
  }
  return 1 / (squares / count - (sum / count) ** 2);
}

/** The first move of as many recorded games: boards [count, 16], actions [count]. */
function moves(count: number): { before: Uint8Array; actions: Uint8Array; after: Uint8Array } {
  const { observations, actions, steps } = record("2048", { trajectories: count, steps: 2, burnIn: 80, seed: 0 });
  const boardAt = (time: number) => {
    const boards = new Uint8Array(count * CELLS);
    for (let i = 0; i < count; i++) {
      const start = (i * (steps + 1) + time) * CELLS;
      boards.set(observations.subarray(start, start + CELLS), i * CELLS);
    }
    return boards;
  };
  return {
    before: boardAt(0),
    actions: Uint8Array.from({ length: count }, (_, i) => actions[i * steps]),
    after: boardAt(1),
  };
}
