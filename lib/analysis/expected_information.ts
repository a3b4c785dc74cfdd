/** Mutual information that two labellings share by chance. */

/**
 * Expected mutual information, in nats, of two random labellings with these group sizes (hypergeometric model).
 * Source: N. X. Vinh, J. Epps, J. Bailey, "Information Theoretic Measures for Clusterings Comparison", JMLR 11 (2010), eq. 24a.
 *
 * @param rows whole numbers ≥ 0: sizes of the groups of one labelling
 * @param columns of the other; both have the same sum n
 */
export function expectedInformation(rows: ArrayLike<number>, columns: ArrayLike<number>): number {
  let n = 0;
  for (let i = 0; i < rows.length; i++) n += rows[i];
  const logFactorial = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) logFactorial[i] = logFactorial[i - 1] + Math.log(i);
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < columns.length; j++) {
      const a = rows[i], b = columns[j];
      const fixed = logFactorial[a] + logFactorial[b] + logFactorial[n - a] + logFactorial[n - b] - logFactorial[n];
      for (let both = Math.max(1, a + b - n); both <= Math.min(a, b); both++) {
        const logChance = fixed - logFactorial[both] - logFactorial[a - both] - logFactorial[b - both] -
          logFactorial[n - a - b + both];
        total += (both / n) * Math.log(n * both / (a * b)) * Math.exp(logChance);
      }
    }
  }
  return total;
}
