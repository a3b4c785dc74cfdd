/**
 * What the two modes of an analysis mean, one setting per repair, so that an ablation changes one field (spec 1 §7 and §9).
 */
import type { EntropyConvention } from "./entropy.ts";

/** `published`: the original's algorithm. `corrected`: the same idea with its defects repaired. */
export type AnalysisMode = "published" | "corrected";

/** Settings of rule table, heat map and gallery. */
export interface AnalysisSettings {
  /** Leave padded steps out (D11). */
  readonly maskPadding: boolean;
  /** `published`: −Σ p ln(p+1e-10)/ln 2, slightly below 0 for certain transitions. `exact`: no guard needed. */
  readonly entropyConvention: EntropyConvention;
  /** Frames that count for codebook usage: the first of each trajectory, or all (D10, C9). */
  readonly usageFrames: "first" | "all";
  /** Pairs that were hardly ever seen: 0 bits as in the original, or missing (D12). */
  readonly unvisited: "zero" | "missing";
  /** Fewest observations of a (code, action) pair that make it an entry of the rule table. */
  readonly minCount: number;
  /** An entry below this many bits is a rule. */
  readonly ruleBits: number;
  /** Trajectories counted at most; null: all. */
  readonly maxTrajectories: number | null;
}

/** The settings of both modes. */
export const ANALYSIS_MODES: Readonly<Record<AnalysisMode, AnalysisSettings>> = {
  published: {
    maskPadding: false,
    entropyConvention: "published",
    usageFrames: "first",
    unvisited: "zero",
    minCount: 5,
    ruleBits: 0.1,
    maxTrajectories: 5000,
  },
  corrected: {
    maskPadding: true,
    entropyConvention: "exact",
    usageFrames: "all",
    unvisited: "missing",
    minCount: 5,
    ruleBits: 0.1,
    maxTrajectories: null,
  },
};
