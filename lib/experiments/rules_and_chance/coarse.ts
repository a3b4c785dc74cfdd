import { coarseCodebookSweep, type CoarsePredictor } from "../../analysis/mod.ts";
import type { Episodes } from "../../data/mod.ts";
import { record } from "../../games/mod.ts";
import { exactSequences } from "./cell_labels.ts";
import { perfectFor, trueSteps } from "./perfect.ts";

/** One kind of 2048 data, and the changed/unchanged ratio of ever coarser codebooks on it (spec 1 §1, §7.4). */
export interface CoarseSweep {
  /** "10 moves from the start". */
  readonly label: string;
  /** Ratio of the perfect predictor on exact codes. */
  readonly perfect: number | null;
  /** Tiles up to 2^`mergedUpTo` share one code; the predictor knows code and action, not the position. */
  readonly rows: readonly CoarsePredictor[];
}

/** No tile, or all tiles up to 2, 4, 8, 16, 32 share the code of an empty cell. */
const THRESHOLDS = [0, 1, 2, 3, 4, 5];

/** The sweep on recorded games of 2048 without padding. */
export function coarseSweep(label: string, episodes: Episodes): CoarseSweep {
  return {
    label,
    perfect: perfectFor(trueSteps("2048", episodes)).change.ratio,
    rows: coarseCodebookSweep(exactSequences("2048", episodes), THRESHOLDS),
  };
}

/**
 * What "14×" really measures: the sweep on games of three kinds, recorded anew. No model is involved.
 *
 * @param trajectories games of each kind. On coarse codes few positions change, so the steep end of the curves is noisy: for tiles up to
 *   8 and ten moves, 300 games give 17 ± 4 where 20,000 give 20.5.
 */
export function coarseSweeps({ seed = 0, trajectories = 500 } = {}): CoarseSweep[] {
  return [
    { label: "10 moves from the start", steps: 10, burnIn: 0 },
    { label: "30 moves from the start", steps: 30, burnIn: 0 },
    { label: "10 moves after 80 moves", steps: 10, burnIn: 80 },
  ].map(({ label, ...kind }) =>
    coarseSweep(label, record("2048", { ...kind, trajectories, seed, stream: "coarse codebooks" }))
  );
}
