/** Refuses an array of the wrong length with a message that names it. */
export function expectLength(what: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new RangeError(`expected ${expected} elements of ${what} but found ${found}; check the sizes given beside it`);
}
