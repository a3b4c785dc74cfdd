/**
 * Random numbers as NumPy's `default_rng(seed)` makes them, for games whose levels are defined by them: equal seeds give the
 * levels and the no-op counts of Gymnasium. Our own randomness comes from the streams of `lib/random.ts`.
 *
 * SeedSequence hashing and PCG64 (XSL-RR output) after M. O'Neill, "PCG: A Family of Simple Fast Space-Efficient
 * Statistically Good Algorithms for Random Number Generation", 2014; constants and order of draws in spec 3 §2.4.
 */

/** 128 bits are eight digits of 16 bits here, lowest first: sums of their products are exact, and twice as fast as BigInt. */
const DIGITS = 8, BASE = 2 ** 16;
const MULTIPLIER = digitsOf("2360ed051fc65da44385df649fccf645");

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
  #state: Float64Array = new Float64Array(DIGITS);
  #next: Float64Array = new Float64Array(DIGITS);
  #increment: Float64Array;
  /** The words of the last 64-bit number. */
  #low = 0;
  #high = 0;
  #spare: number | null = null;

  /** Starts a generator. @param seed an integer from 0 to 2^53 − 1 @throws RangeError for any other */
  constructor(seed: number) {
    const words = generateWords(seed);
    const digits = (...order: readonly number[]) => {
      const out = new Float64Array(DIGITS);
      order.forEach((word, i) => [out[2 * i], out[2 * i + 1]] = [words[word] & 0xffff, words[word] >>> 16]);
      return out;
    };
    // The increment is the second half of the words, doubled, plus one.
    this.#increment = digits(6, 7, 4, 5);
    add(this.#increment, this.#increment, 1);
    this.#step();
    add(this.#state, digits(2, 3, 0, 1), 0);
    this.#step();
  }

  /** state ← state · multiplier + increment, and the 64 bits that it gives. */
  #step(): void {
    const state = this.#state, next = this.#next, increment = this.#increment;
    for (let k = 0, carry = 0; k < DIGITS; k++) {
      let sum = increment[k] + carry;
      for (let i = 0; i <= k; i++) sum += state[i] * MULTIPLIER[k - i];
      carry = Math.floor(sum / BASE);
      next[k] = sum - carry * BASE;
    }
    this.#state = next;
    this.#next = state;
    // Both halves of the state xored, then turned right by its six highest bits.
    const low = (next[0] ^ next[4]) | ((next[1] ^ next[5]) << 16);
    const high = (next[2] ^ next[6]) | ((next[3] ^ next[7]) << 16);
    const turn = next[7] >> 10, shift = turn & 31;
    const [a, b] = turn < 32 ? [low, high] : [high, low];
    this.#low = (shift === 0 ? a : (a >>> shift) | (b << (32 - shift))) >>> 0;
    this.#high = (shift === 0 ? b : (b >>> shift) | (a << (32 - shift))) >>> 0;
  }

  /** 64 random bits. */
  uint64(): bigint {
    this.#step();
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  /** 32 random bits: the lower half of a 64-bit number, then the upper one. */
  uint32(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    this.#step();
    this.#spare = this.#high;
    return this.#low;
  }

  /** A number in [0, 1). */
  random(): number {
    this.#step();
    return (this.#high * 2 ** 21 + (this.#low >>> 11)) * 2 ** -53;
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
    return { state: hexOf(this.#state), increment: hexOf(this.#increment), spare: this.#spare };
  }

  /** Continues from `state()`. */
  static restore({ state, increment, spare }: NumpyRandomState): NumpyRandom {
    const random = new NumpyRandom(0);
    [random.#state, random.#increment] = [digitsOf(state), digitsOf(increment)];
    random.#spare = spare;
    return random;
  }
}

/** sum ← sum + other + carry, cut to 128 bits. */
function add(sum: Float64Array, other: Float64Array, carry: number): void {
  for (let i = 0; i < DIGITS; i++) {
    const digit = sum[i] + other[i] + carry;
    carry = Number(digit >= BASE);
    sum[i] = digit - carry * BASE;
  }
}

/** @throws RangeError for anything but 1 to 32 hexadecimal digits */
function digitsOf(hex: string): Float64Array {
  if (!/^[0-9a-f]{1,32}$/.test(hex)) {
    throw new RangeError(`NumpyRandom.restore: expected up to 32 hexadecimal digits but found "${hex}"`);
  }
  const digits = new Float64Array(DIGITS);
  for (let i = 0, end = hex.length; end > 0; i++, end -= 4) {
    digits[i] = parseInt(hex.slice(Math.max(end - 4, 0), end), 16);
  }
  return digits;
}

function hexOf(digits: Float64Array): string {
  let hex = "";
  for (let i = DIGITS - 1; i >= 0; i--) hex += digits[i].toString(16).padStart(4, "0");
  return hex.replace(/^0+(?=.)/, "");
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
