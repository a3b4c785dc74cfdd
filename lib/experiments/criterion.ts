import { type Claim, claim, type Promised } from "../runs/mod.ts";

/** A promise, and how an analysis A of a model measures it. */
export interface Criterion<A> {
  /** The claim before anything was measured. */
  readonly promised: Promised;
  /** The claim's number, in its unit; null where there is none, and then the claim does not hold. */
  readonly measure: (analysis: A) => number | null;
}

/** What is measured, with its name: several promises may be about the same quantity. */
export interface Quantity<A> {
  /** With its unit: "mean predicted entropy (bits)". */
  readonly quantity: string;
  /** The number. */
  readonly measure: Criterion<A>["measure"];
}

/** A promise about a quantity. */
export function criterion<A, Q extends Quantity<A>>(
  { quantity, ...measured }: Q,
  promised: Omit<Promised, "quantity">,
): Omit<Q, "quantity"> & Criterion<A> {
  return { ...measured, promised: { ...promised, quantity } };
}

/** Measures every promise. */
export function measureClaims<A>(criteria: readonly Criterion<A>[], analysis: A): Claim[] {
  return criteria.map(({ promised, measure }) => claim(promised, measure(analysis)));
}

/** "7 of 8 claims hold. Not: 2048.ratio." */
export function claimsLine(claims: readonly Claim[]): string {
  const missed = claims.filter(({ holds }) => !holds).map(({ id }) => id);
  const held = `${claims.length - missed.length} of ${claims.length} claims hold.`;
  return missed.length ? `${held} Not: ${missed.join(", ")}.` : held;
}
