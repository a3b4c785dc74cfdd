/**
 * Random numbers as NumPy's `default_rng(seed)` makes them, for games whose levels are defined by them: equal seeds give the
 * levels and the no-op counts of Gymnasium. Our own randomness comes from the streams of `lib/random.ts`.
 *
 * SeedSequence hashing and PCG64 (XSL-RR output) after M. O'Neill, "PCG: A Family of Simple Fast Space-Efficient
 * Statistically Good Algorithms for Random Number Generation", 2014; constants and order of draws in spec 3 §2.4.
 */

const MASK64 = (1n << 64n) - 1n, MASK128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645n;

/** Everything needed to continue; plain data. */
export interface NumpyRandomState {
  /** The 128-bit state and increment of PCG64, in hexadecimal digits. */
  readonly state: string;
  /** The increment. */
  readonly increment: string;
  /** The upper half of the last 64-bit number, if not used yet. */
  readonly spare: number | null;
}

/**
 * `numpy.random.default_rng(seed)`.
 *
 * @example
 * ```ts
 * import { NumpyRandom } from "@tessera/worlds";
 * const random = new NumpyRandom(0);
 * const die = random.integers(1, 7);
 * ```
 */
export class NumpyRandom {
  #state: bigint;
  #increment: bigint;
  #spare: number | null = null;

  /** @param seed an integer from 0 to 2^53 − 1 @throws RangeError for any other */
  constructor(seed: number) {
    const words = generateWords(seed);
    const pair = (i: number) => BigInt(words[2 * i]) | (BigInt(words[2 * i + 1]) << 32n);
    this.#increment = ((((pair(2) << 64n) | pair(3)) << 1n) | 1n) & MASK128;
    this.#state = 0n;
    this.#step();
    this.#state = (this.#state + ((pair(0) << 64n) | pair(1))) & MASK128;
    this.#step();
  }

  #step(): void {
    this.#state = (this.#state * MULTIPLIER + this.#increment) & MASK128;
  }

  /** 64 random bits. */
  uint64(): bigint {
    this.#step();
    const mixed = (this.#state >> 64n) ^ (this.#state & MASK64), turn = this.#state >> 122n;
    return ((mixed >> turn) | (mixed << (64n - turn) % 64n)) & MASK64;
  }

  /** 32 random bits: the lower half of a 64-bit number, then the upper one. */
  uint32(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    const both = this.uint64();
    this.#spare = Number(both >> 32n);
    return Number(both & 0xffffffffn);
  }

  /** A number in [0, 1). */
  random(): number {
    return Number(this.uint64() >> 11n) * 2 ** -53;
  }

  /**
   * An integer from `low` to `high − 1`. A range of one number draws nothing.
   *
   * @throws RangeError for an empty range or one of more than 2^32 numbers
   */
  integers(low: number, high: number): number {
    const count = high - low;
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && count >= 1 && count <= 2 ** 32)) {
      throw new RangeError(`NumpyRandom.integers: expected 1 to 2^32 integers but found the range [${low}, ${high})`);
    }
    if (count === 1) return low;
    // Lemire's method: the upper word of a 64-bit product, with the few values redrawn that would be favoured.
    for (let least = -1;;) {
      const product = multiply(this.uint32(), count);
      if (product.low >= count) return low + product.high;
      if (least < 0) least = (2 ** 32 - count) % count;
      if (product.low >= least) return low + product.high;
    }
  }

  /** Puts a list in random order, in place. */
  shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i--) {
      const mask = 2 ** (32 - Math.clz32(i)) - 1;
      let j = (this.uint32() & mask) >>> 0;
      while (j > i) j = (this.uint32() & mask) >>> 0;
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }

  /** All that the next numbers depend on. */
  state(): NumpyRandomState {
    return { state: this.#state.toString(16), increment: this.#increment.toString(16), spare: this.#spare };
  }

  /** Continues from `state()`. */
  static restore({ state, increment, spare }: NumpyRandomState): NumpyRandom {
    const random = new NumpyRandom(0);
    [random.#state, random.#increment] = [BigInt(`0x${state}`), BigInt(`0x${increment}`)];
    random.#spare = spare;
    return random;
  }
}

/** Both words of a product of two 32-bit numbers. */
function multiply(a: number, b: number): { high: number; low: number } {
  const low = Math.imul(a, b) >>> 0;
  // The product has up to 64 bits and a double holds 53: the lower word is exact from imul, so the upper one rounds right.
  const aHigh = Math.floor(a / 65536), aLow = a & 0xffff;
  const middle = aHigh * b + Math.floor(aLow * b / 65536);
  return { high: Math.floor(middle / 65536), low };
}

/** SeedSequence: eight 32-bit words from a seed. */
function generateWords(seed: number): number[] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`NumpyRandom: expected an integer seed from 0 to 2^53 - 1 but found ${seed}`);
  }
  const words = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  let key = 0x43b0d7e5;
  const hash = (x: number) => {
    x ^= key;
    key = Math.imul(key, 0x931e8875);
    x = Math.imul(x, key);
    return x ^ (x >>> 16);
  };
  const mix = (x: number, y: number) => {
    const r = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) | 0;
    return r ^ (r >>> 16);
  };
  const pool = [0, 1, 2, 3].map((i) => hash(words[i] ?? 0));
  for (let s = 0; s < 4; s++) {
    for (let d = 0; d < 4; d++) if (d !== s) pool[d] = mix(pool[d], hash(pool[s]));
  }
  let grow = 0x8b51f9dd;
  return Array.from({ length: 8 }, (_, i) => {
    let x = pool[i % 4] ^ grow;
    grow = Math.imul(grow, 0x58f38ded);
    x = Math.imul(x, grow);
    return (x ^ (x >>> 16)) >>> 0;
  });
}
