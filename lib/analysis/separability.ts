/** Do different consequences have different codes? */

/** A step between two states and the code that was inferred for it. */
export interface CodedStep {
  /** The state before. */
  readonly from: number;
  /** The state after. */
  readonly to: number;
  /** The latent action. */
  readonly code: number;
}

/**
 * Share of the states whose successors have codes that differ pairwise (spec 3 §7.2, item 4). States with one successor count as
 * separated; steps that lead to the same successor may share their code or not.
 *
 * @returns from 0 to 1; 1 for no steps
 */
export function separability(steps: readonly CodedStep[]): number {
  const states = Map.groupBy(steps, ({ from }) => from);
  let separated = 0;
  for (const own of states.values()) {
    const successorOf = new Map<number, number>();
    separated += Number(own.every(({ code, to }) => {
      const known = successorOf.get(code);
      successorOf.set(code, to);
      return known === undefined || known === to;
    }));
  }
  return states.size === 0 ? 1 : separated / states.size;
}
