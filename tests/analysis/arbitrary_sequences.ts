/** Random code sequences for property tests, and helpers that take them apart. */
import fc from "fast-check";
import type { CodeSequences } from "../../lib/analysis/mod.ts";

/** Every property test runs these cases. */
export const CASES = { seed: 20481, numRuns: 150 } as const;

/** Sequences of all small sizes; with `padded`, lengths are random and padding is laid out as in spec 1 §2.3. */
export function arbitrarySequences(padded: boolean): fc.Arbitrary<CodeSequences> {
  const sizes = fc.record({
    count: fc.integer({ min: 1, max: 6 }),
    steps: fc.integer({ min: 1, max: 8 }),
    positions: fc.integer({ min: 1, max: 4 }),
    codeCount: fc.integer({ min: 1, max: 5 }),
    actionCount: fc.integer({ min: 1, max: 3 }),
  });
  return sizes.chain((size) => {
    const { count, steps, positions, codeCount, actionCount } = size;
    const array = (length: number, max: number) =>
      fc.array(fc.integer({ min: 0, max }), { minLength: length, maxLength: length });
    return fc.record({
      codes: array(count * (steps + 1) * positions, codeCount - 1).map((a) => Int32Array.from(a)),
      actions: array(count * steps, actionCount - 1).map((a) => Int32Array.from(a)),
      lengths: array(count, steps).map((a) => Int32Array.from(a)),
    }).map(({ codes, actions, lengths }) => {
      if (!padded) return { ...size, codes, actions };
      for (let i = 0; i < count; i++) {
        for (let t = lengths[i]; t < steps; t++) {
          actions[i * steps + t] = 0;
          const frame = (i * (steps + 1) + t) * positions;
          codes.copyWithin(frame + positions, frame, frame + positions);
        }
      }
      return { ...size, codes, actions, lengths };
    });
  });
}

/** Trajectories from…to−1 as sequences of their own. */
export function slice(sequences: CodeSequences, from: number, to: number): CodeSequences {
  const { steps, positions, codes, actions, lengths } = sequences;
  const frames = (steps + 1) * positions;
  return {
    ...sequences,
    count: to - from,
    codes: codes.slice(from * frames, to * frames),
    actions: actions.slice(from * steps, to * steps),
    lengths: lengths?.slice(from, to),
  };
}
