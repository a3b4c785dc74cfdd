/** What agreement looks like when there is none. */

import type { Stream } from "../random.ts";
import { agreement, confusion } from "./agreement.ts";

/** Normalised mutual information of shuffled codes. */
export interface PermutationBand {
  /** Mean over the permutations: the level of chance. */
  readonly mean: number;
  /** 95th percentile. */
  readonly high: number;
  /** Number of permutations. */
  readonly permutations: number;
}

/**
 * Gives the codes of n items to one another at random and measures the NMI with the labels each time (spec 3 §7.2): few items and
 * many codes agree by chance, and a score means something only above this band.
 *
 * @param items labels, codes and weights of the items, [n] each
 * @param stream of the permutations
 * @param permutations default 200
 */
export function permutationBand(
  { labels, codes, weights, labelCount, codeCount }: {
    readonly labels: ArrayLike<number>;
    readonly codes: ArrayLike<number>;
    readonly weights?: ArrayLike<number>;
    readonly labelCount: number;
    readonly codeCount: number;
  },
  stream: Stream,
  permutations: number = 200,
): PermutationBand {
  const shuffled = Int32Array.from(codes), found: number[] = [];
  for (let p = 0; p < permutations; p++) {
    stream.shuffle(shuffled);
    const table = confusion(labels, shuffled, labelCount, codeCount, weights);
    found.push(agreement(table.map(Math.round), labelCount, codeCount).nmi);
  }
  found.sort((a, b) => a - b);
  const mean = found.reduce((a, b) => a + b, 0) / permutations;
  return { mean, high: found[Math.min(permutations - 1, Math.ceil(0.95 * permutations) - 1)], permutations };
}
