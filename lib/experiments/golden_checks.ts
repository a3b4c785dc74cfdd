import { FormatError } from "../data/mod.ts";

/** One comparison of our value with the reference. */
export interface GoldenCheck {
  /** What was compared. */
  readonly quantity: string;
  /** The value in the file. */
  readonly reference: number;
  /** Our value. */
  readonly ours: number;
  /** |ours − reference|, divided by |reference| where the tolerance is relative. */
  readonly error: number;
  /** Largest error that holds. */
  readonly tolerance: number;
  /** error ≤ tolerance. */
  readonly holds: boolean;
}

/** Tensor statistics as the golden files store them: size, mean, L2 norm, and sampled elements. */
export interface Summary {
  /** Number of elements. */
  readonly n: number;
  /** Their mean. */
  readonly mean: number;
  /** Square root of the sum of squares. */
  readonly l2: number;
  /** Flat indices of the samples. */
  readonly idx: readonly number[];
  /** The samples. */
  readonly val: readonly number[];
}

/** Collects comparisons with a golden file. */
export class GoldenChecks {
  /** All comparisons so far. */
  readonly checks: GoldenCheck[] = [];

  /** Error relative to the reference, or absolute where the reference is smaller than 1. */
  close(quantity: string, ours: number, reference: number, tolerance: number): void {
    this.#add(quantity, ours, reference, Math.abs(ours - reference) / Math.max(1, Math.abs(reference)), tolerance);
  }

  /** Error relative to the reference; absolute below `floor`. */
  relative(quantity: string, ours: number, reference: number, tolerance: number, floor = 1e-6): void {
    this.#add(quantity, ours, reference, Math.abs(ours - reference) / Math.max(floor, Math.abs(reference)), tolerance);
  }

  /** Exact equality. */
  equal(quantity: string, ours: number, reference: number): void {
    this.#add(quantity, ours, reference, Math.abs(ours - reference), 0);
  }

  /** All elements; one entry with the worst of them. */
  allClose(quantity: string, ours: ArrayLike<number>, reference: ArrayLike<number>, tolerance: number): void {
    if (ours.length !== reference.length) {
      return this.#add(`${quantity} (number of elements)`, ours.length, reference.length, Infinity, 0);
    }
    let worst = 0, largest = -1;
    for (let i = 0; i < ours.length; i++) {
      const error = Math.abs(ours[i] - reference[i]) / Math.max(1, Math.abs(reference[i]));
      if (!(error <= largest)) [worst, largest] = [i, error];
      if (Number.isNaN(error)) break;
    }
    this.#add(`${quantity}[${worst}] (worst of ${ours.length})`, ours[worst], reference[worst], largest, tolerance);
  }

  /** All elements exactly; one entry, with the first that differs. */
  allEqual(quantity: string, ours: ArrayLike<number>, reference: ArrayLike<number>): void {
    this.allClose(quantity, ours, reference, 0);
  }

  /** A tensor against its stored statistics. */
  summary(quantity: string, ours: ArrayLike<number>, reference: Summary, tolerance: number): void {
    this.equal(`${quantity} size`, ours.length, reference.n);
    let sum = 0, squares = 0;
    for (let i = 0; i < ours.length; i++) {
      sum += ours[i];
      squares += ours[i] ** 2;
    }
    this.close(`${quantity} mean`, sum / ours.length, reference.mean, tolerance);
    this.close(`${quantity} l2`, Math.sqrt(squares), reference.l2, tolerance);
    this.allClose(`${quantity} samples`, reference.idx.map((i) => ours[i]), reference.val, tolerance);
  }

  #add(quantity: string, ours: number, reference: number, error: number, tolerance: number): void {
    this.checks.push({ quantity, reference, ours, error, tolerance, holds: error <= tolerance });
  }
}

/** L2 norm of an array. */
export function l2(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2;
  return Math.sqrt(squares);
}

/**
 * Reads a golden file.
 * @param keys that it must have
 * @throws FormatError when it is not JSON or a key is missing
 */
export function parseGolden(text: string, where: string, keys: readonly string[]): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FormatError({
      where,
      expected: "JSON",
      found: String((error as Error).message),
      advice: "Give the golden file of this experiment.",
    });
  }
  const found = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  for (const key of keys) {
    if (!found.includes(key)) {
      throw new FormatError({
        where,
        expected: `a key "${key}"`,
        found: found.slice(0, 12).join(", ") || typeof value,
        advice: "Give the golden file of this experiment.",
      });
    }
  }
  return value as Record<string, unknown>;
}
