/** Middle and spread of samples. */

export interface Spread {
  readonly min: number;
  readonly firstQuartile: number;
  readonly median: number;
  readonly thirdQuartile: number;
  readonly max: number;
}

/**
 * Five numbers of a sample, with linear interpolation between neighbours (NumPy's default).
 * @throws RangeError when there are no samples
 */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError("expected at least one sample but found none");
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1), below = Math.floor(place);
    return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  };
  return { min: at(0), firstQuartile: at(0.25), median: at(0.5), thirdQuartile: at(0.75), max: at(1) };
}

export function median(samples: readonly number[]): number {
  return spreadOf(samples).median;
}
