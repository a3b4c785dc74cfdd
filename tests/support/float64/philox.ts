/** Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), with BigInt for clarity. */

const MULTIPLIER = [0xd2511f53n, 0xcd9e8d57n];
const WEYL = [0x9e3779b9n, 0xbb67ae85n];
const WORD = 0xffffffffn;

/** Four random 32-bit words for a counter of four and a key of two words. */
export function philox4x32(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt), [k0, k1] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const first = MULTIPLIER[0] * c0, second = MULTIPLIER[1] * c2;
    [c0, c1, c2, c3] = [(second >> 32n) ^ c1 ^ k0, second & WORD, (first >> 32n) ^ c3 ^ k1, first & WORD];
    [k0, k1] = [(k0 + WEYL[0]) & WORD, (k1 + WEYL[1]) & WORD];
  }
  return [c0, c1, c2, c3].map(Number);
}
