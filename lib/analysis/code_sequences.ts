/**
 * Episodes after the encoder: every frame is `positions` discrete codes. All analyses of codes take this one shape of data.
 *
 * Legend of shapes: n trajectories, T steps, N positions (tokens) per frame, K codes, A actions.
 */
import { expectLength } from "./checks.ts";

/** Whole numbers in a compact array: codes, actions or lengths. */
export type IntegerArray = Uint8Array | Uint16Array | Int32Array | Uint32Array;

/** Encoded trajectories, padded to `steps`: the last frame repeated, action 0 (spec 1 §2.3). */
export interface CodeSequences {
  /** n, trajectories. */
  readonly count: number;
  /** T, steps of the longest trajectory. */
  readonly steps: number;
  /** N, codes per frame. */
  readonly positions: number;
  /** K, codes of the codebook; every code lies in 0…K−1. */
  readonly codeCount: number;
  /** A, actions of the game; every action lies in 0…A−1. */
  readonly actionCount: number;
  /** [n, T+1, N] */
  readonly codes: IntegerArray;
  /** [n, T] */
  readonly actions: IntegerArray;
  /** [n], true number of steps of each trajectory; without it none is padded. */
  readonly lengths?: IntegerArray;
}

/**
 * Refuses sequences whose arrays do not fit their sizes, or that hold a code or action out of range.
 *
 * @throws RangeError naming what was expected, what was found and at which trajectory, step and position.
 */
export function checkSequences(sequences: CodeSequences): void {
  const { count, steps, positions, codeCount, actionCount, codes, actions, lengths } = sequences;
  expectLength("codes [n, T+1, N]", codes.length, count * (steps + 1) * positions);
  expectLength("actions [n, T]", actions.length, count * steps);
  if (lengths) expectLength("lengths [n]", lengths.length, count);
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] >= 0 && codes[i] < codeCount) continue;
    const frame = Math.floor(i / positions);
    const where = `trajectory ${Math.floor(frame / (steps + 1))}, frame ${frame % (steps + 1)}, position ${
      i % positions
    }`;
    throw new RangeError(`expected codes in 0…${codeCount - 1} but found ${codes[i]} at ${where}; check codeCount`);
  }
  for (let i = 0; i < actions.length; i++) {
    if (actions[i] >= 0 && actions[i] < actionCount) continue;
    const where = `trajectory ${Math.floor(i / steps)}, step ${i % steps}`;
    throw new RangeError(
      `expected actions in 0…${actionCount - 1} but found ${actions[i]} at ${where}; check actionCount`,
    );
  }
  for (let i = 0; lengths && i < count; i++) {
    if (lengths[i] >= 0 && lengths[i] <= steps) continue;
    throw new RangeError(`expected lengths in 0…${steps} but found ${lengths[i]} at trajectory ${i}`);
  }
}

/** Number of steps of trajectory `i` that count: all of them, or the true ones when padding is masked. */
export function countedSteps(sequences: CodeSequences, i: number, maskPadding: boolean): number {
  return maskPadding && sequences.lengths ? sequences.lengths[i] : sequences.steps;
}

/** 1 where the code of a position differs between frame t and frame t+1. Returns [n, T, N]. */
export function changedFlags(sequences: CodeSequences): Uint8Array {
  const { count, steps, positions, codes } = sequences;
  expectLength("codes [n, T+1, N]", codes.length, count * (steps + 1) * positions);
  const changed = new Uint8Array(count * steps * positions);
  for (let i = 0, out = 0; i < count; i++) {
    const start = i * (steps + 1) * positions;
    for (let j = start; j < start + steps * positions; j++) changed[out++] = codes[j] === codes[j + positions] ? 0 : 1;
  }
  return changed;
}

/** 1 for true steps, 0 for padding. Returns [n, T]. */
export function validSteps(count: number, steps: number, lengths?: IntegerArray): Uint8Array {
  const valid = new Uint8Array(count * steps).fill(1);
  if (!lengths) return valid;
  expectLength("lengths [n]", lengths.length, count);
  for (let i = 0; i < count; i++) valid.fill(0, i * steps + Math.min(steps, lengths[i]), (i + 1) * steps);
  return valid;
}
