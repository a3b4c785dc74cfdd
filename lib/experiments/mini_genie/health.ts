import { add, divide, exp, log, multiply, negate, sum, type Tensor } from "../../tensor/mod.ts";
import type { Logged } from "../../train/mod.ts";

/** exp of the entropy of counts [K], []: the number of codes that would be used equally often (spec 3 §3.1). */
export function perplexityOf(counts: Tensor): Tensor {
  const shares = divide(counts, sum(counts));
  return exp(negate(sum(multiply(shares, log(add(shares, 1e-10))))));
}

/** A share of codes in use below this is a collapse. */
export const COLLAPSED = 0.2;

/** Logs in a row after which a collapse is told. */
const PATIENCE = 3;

/** Codes whose use is watched: the metric that counts those used, and how many there are. */
export interface Watched {
  /** Name of the stage. */
  readonly stage: string;
  /** Metric that counts used codes. */
  readonly metric: string;
  /** What they are, for people. */
  readonly what: string;
  readonly total: number;
  /** What helps. */
  readonly advice: string;
}

/** Tells once when few codes are used for several logs in a row, and once when they are used again. */
export class CollapseWatch {
  readonly #low = new Map<string, number>();

  constructor(readonly watched: readonly Watched[], readonly tell: (line: string) => void) {}

  /** Takes what was logged. */
  see({ stage, step, metrics }: Logged): void {
    for (const { metric, what, total, advice, ...entry } of this.watched) {
      const used = metrics[metric];
      if (entry.stage !== stage || used === undefined) continue;
      const before = this.#low.get(metric) ?? 0, low = used / total < COLLAPSED ? before + 1 : 0;
      this.#low.set(metric, low);
      if (low === PATIENCE) {
        this.tell(
          `Collapse: ${used} of ${total} ${what} in use for ${PATIENCE} logs, at step ${step} of ${stage}. ${advice}`,
        );
      }
      if (low === 0 && before >= PATIENCE) {
        this.tell(`${used} of ${total} ${what} in use again, at step ${step} of ${stage}.`);
      }
    }
  }
}
