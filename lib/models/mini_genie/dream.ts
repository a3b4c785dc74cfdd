import type { Choice, Dreamer } from "./dreamer.ts";

/**
 * Dreams: each predicted grid is the start of the next prediction (spec 3 §7.1).
 *
 * @param start codes i32 [n, N] of n dreams
 * @param script latent actions: `script[t]` i32 [n] for step t
 * @returns the grids of each moment, i32 [n, N]; the start is the first
 */
export async function dream(
  dreamer: Dreamer,
  start: Int32Array,
  script: readonly Int32Array[],
  choice: Choice = "greedy",
): Promise<Int32Array[]> {
  const moments = [start];
  for (const codes of script) moments.push(await dreamer.predict(moments.at(-1)!, codes, choice));
  return moments;
}

/** One latent action at every step, in each of n dreams. */
export function constantScript(code: number, steps: number, dreams = 1): Int32Array[] {
  return Array.from({ length: steps }, () => new Int32Array(dreams).fill(code));
}
