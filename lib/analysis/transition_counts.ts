/** How often each code followed each (code, action), in sparse storage (spec 1 §7.3). */
import { checkSequences, type CodeSequences, countedSteps } from "./code_sequences.ts";

/** What to count. */
export interface TransitionCountOptions {
  /** K */
  readonly codeCount: number;
  /** A */
  readonly actionCount: number;
  /** N when counts are kept per position (key: position, code, action); left out when positions are pooled (key: code, action). */
  readonly positions?: number;
  /** Leave padded steps out. Default true. */
  readonly maskPadding?: boolean;
  /** Trajectories counted at most; null: all. Default null. */
  readonly maxTrajectories?: number | null;
}

/** One observed situation and what followed it. */
export interface TransitionContext {
  /** Null when positions are pooled. */
  readonly position: number | null;
  /** Code before the step. */
  readonly code: number;
  /** Action of the step. */
  readonly action: number;
  /** Observations. */
  readonly total: number;
  /** Codes that followed, ascending. */
  readonly next: readonly number[];
  /** How often each of `next` followed. */
  readonly counts: readonly number[];
}

/** Counts transitions batch by batch. Only what was seen takes memory: K·A·K may be in the billions. */
export class TransitionCounts {
  /** K */
  readonly codeCount: number;
  /** A */
  readonly actionCount: number;
  /** N, or null when positions are pooled. */
  readonly positions: number | null;
  /** Trajectories counted so far. */
  trajectories = 0;
  #maskPadding: boolean;
  #maxTrajectories: number;
  /** ((position·K + code)·A + action)·K + next → observations */
  #counts = new Map<number, number>();

  /** Empty counts. */
  constructor(options: TransitionCountOptions) {
    this.codeCount = options.codeCount;
    this.actionCount = options.actionCount;
    this.positions = options.positions ?? null;
    this.#maskPadding = options.maskPadding ?? true;
    this.#maxTrajectories = options.maxTrajectories ?? Infinity;
    const keys = (this.positions ?? 1) * this.codeCount ** 2 * this.actionCount;
    if (!(keys >= 1 && keys <= Number.MAX_SAFE_INTEGER)) {
      throw new RangeError(
        `expected 1…2^53 possible transitions but found ${keys} (positions ${this.positions}, codes ${this.codeCount}, ` +
          `actions ${this.actionCount}); check the sizes`,
      );
    }
  }

  /**
   * Adds trajectories, up to the limit given at the start.
   *
   * @throws RangeError if sizes differ from those given at the start, or a code or action is out of range; nothing is counted then.
   */
  add(sequences: CodeSequences): void {
    const { count, steps, positions, codes, actions } = sequences;
    const { codeCount, actionCount } = this;
    if (
      sequences.codeCount !== codeCount || sequences.actionCount !== actionCount ||
      (this.positions !== null && positions !== this.positions)
    ) {
      throw new RangeError(
        `expected ${codeCount} codes, ${actionCount} actions and ${
          this.positions ?? "any number of"
        } positions but found ` +
          `${sequences.codeCount}, ${sequences.actionCount} and ${positions}`,
      );
    }
    checkSequences(sequences);
    const wanted = Math.min(count, this.#maxTrajectories - this.trajectories);
    for (let i = 0; i < wanted; i++) {
      const length = countedSteps(sequences, i, this.#maskPadding);
      for (let t = 0; t < length; t++) {
        const action = actions[i * steps + t];
        const frame = (i * (steps + 1) + t) * positions;
        for (let p = 0; p < positions; p++) {
          const context = ((this.positions ? p * codeCount : 0) + codes[frame + p]) * actionCount + action;
          const key = context * codeCount + codes[frame + positions + p];
          this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
        }
      }
    }
    this.trajectories += wanted;
  }

  /** Every situation that was seen, ascending by position, code and action. */
  contexts(): TransitionContext[] {
    const { codeCount, actionCount } = this;
    const contexts: TransitionContext[] = [];
    let last = -1;
    let next: number[] = [];
    let counts: number[] = [];
    let total = 0;
    const close = () => {
      if (last < 0) return;
      const positionAndCode = Math.floor(last / actionCount);
      const position = this.positions === null ? null : Math.floor(positionAndCode / codeCount);
      contexts.push({ position, code: positionAndCode % codeCount, action: last % actionCount, total, next, counts });
    };
    for (const key of Float64Array.from(this.#counts.keys()).sort()) {
      const context = Math.floor(key / codeCount);
      if (context !== last) {
        close();
        [last, next, counts, total] = [context, [], [], 0];
      }
      const observed = this.#counts.get(key) as number;
      next.push(key % codeCount);
      counts.push(observed);
      total += observed;
    }
    close();
    return contexts;
  }
}

/** Counts one set of trajectories that holds everything. `byPosition` keys the counts by (position, code, action). */
export function countTransitions(
  sequences: CodeSequences,
  options: { byPosition?: boolean; maskPadding?: boolean; maxTrajectories?: number | null } = {},
): TransitionCounts {
  const { codeCount, actionCount } = sequences;
  const positions = options.byPosition ? sequences.positions : undefined;
  const { maskPadding, maxTrajectories } = options;
  const counts = new TransitionCounts({ codeCount, actionCount, positions, maskPadding, maxTrajectories });
  counts.add(sequences);
  return counts;
}
