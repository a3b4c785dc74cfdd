/** Comparing arrays, and slopes by finite differences. */
import assert from "node:assert/strict";
import type { Nd } from "./float64.ts";

export interface Tolerance {
  /** Share of the expected value. */
  readonly relative: number;
  /** Added to it; what is allowed where the expected value is 0. */
  readonly absolute: number;
}

type Numbers = ArrayLike<number> | Nd;

/**
 * Fails unless |actual − expected| ≤ absolute + relative·|expected| for every element. The message names the worst one.
 * Infinities agree with themselves only; NaN with nothing.
 */
export function assertClose(actual: Numbers, expected: Numbers, tolerance: Tolerance, what: string): void {
  const a = numbersOf(actual), e = numbersOf(expected);
  if ("shape" in actual && "shape" in expected) {
    assert.deepEqual(actual.shape, expected.shape, `${what}: shapes differ`);
  }
  assert.equal(a.length, e.length, `${what}: expected ${e.length} numbers but found ${a.length}`);
  let worst = 0, worstExcess = 1, off = 0;
  for (let i = 0; i < e.length; i++) {
    if (a[i] === e[i]) continue;
    const allowed = tolerance.absolute + tolerance.relative * Math.abs(e[i]);
    const error = Math.abs(a[i] - e[i]), excess = Number.isFinite(error) ? error / allowed : Infinity;
    if (excess <= 1) continue;
    off++;
    if (excess > worstExcess) [worst, worstExcess] = [i, excess];
  }
  if (off === 0) return;
  const error = Math.abs(a[worst] - e[worst]);
  assert.fail(
    `${what}: ${off} of ${e.length} numbers are off; worst at ${place(expected, worst)}: expected ${
      e[worst]
    } but found ` +
      `${a[worst]}, error ${error.toExponential(3)} (${
        (error / Math.abs(e[worst])).toExponential(3)
      } of the value), allowed ` +
      `${(tolerance.absolute + tolerance.relative * Math.abs(e[worst])).toExponential(3)}`,
  );
}

/** Central differences (f(x + h) − f(x − h)) / 2h of a scalar function, at some elements of x (default: all). */
export function finiteDifference(
  f: (x: Float64Array) => number,
  x: Float64Array,
  indices: readonly number[] = Array.from(x, (_, i) => i),
  step = 1e-5,
): Float64Array {
  const at = (index: number, value: number) => {
    const moved = x.slice();
    moved[index] = value;
    return f(moved);
  };
  return Float64Array.from(indices, (i) => (at(i, x[i] + step) - at(i, x[i] - step)) / (2 * step));
}

function numbersOf(values: Numbers): ArrayLike<number> {
  return "data" in values ? values.data : values;
}

function place(values: Numbers, flat: number): string {
  if (!("shape" in values)) return `index ${flat}`;
  const index: number[] = [];
  let rest = flat;
  for (const size of values.shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${index.join(", ")}] (flat ${flat})`;
}
