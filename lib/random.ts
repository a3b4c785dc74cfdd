/**
 * Named, seedable, storable streams of random numbers: the only source of chance on the host.
 *
 * A stream is xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021; period 2^128 - 1)
 * whose state is four MurmurHash3 values of (seed, name). Streams with different names are independent, so a new use of
 * chance in one place never shifts the numbers of another.
 */

/** Everything needed to continue a stream bit for bit; plain data that survives `JSON.stringify`. */
export interface StreamState {
  /** Name of the generator, so that a later one can be told from this. */
  algorithm: "xoshiro128**";
  /** The four 32-bit words of the generator, each in [0, 2^32), not all zero. */
  words: [number, number, number, number];
  /** The second value of the last pair of normal numbers, if not used yet. */
  spareNormal: number | null;
}

/**
 * One stream of random numbers.
 *
 * @example
 * ```ts
 * import { Stream } from "@tessera/worlds";
 * const stream = Stream.named(0, "data/2048");
 * const die = 1 + stream.below(6);
 * const saved = JSON.stringify(stream.state());
 * const same = Stream.restore(JSON.parse(saved)); // continues exactly here
 * ```
 */
export class Stream {
  readonly #words: Int32Array;
  #spareNormal: number | null;

  private constructor(words: Int32Array, spareNormal: number | null) {
    this.#words = words;
    this.#spareNormal = spareNormal;
  }

  /**
   * The stream of this seed and name; equal arguments give equal numbers on every machine.
   *
   * @param seed any safe integer
   * @param name what the numbers are for, say "train/batches"
   * @throws RangeError if the seed is not a safe integer
   */
  static named(seed: number, name: string): Stream {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(`Stream.named("${name}"): expected an integer seed within ±(2^53 - 1) but found ${seed}`);
    }
    // The seed is written in digits, so the first "/" ends it and no two (seed, name) pairs share a key.
    const key = new TextEncoder().encode(`${seed === 0 ? 0 : seed}/${name}`);
    const words = Int32Array.from([0, 1, 2, 3], (lane) => murmur3(key, lane));
    if (words.every((word) => word === 0)) words[0] = 1; // the one state from which xoshiro never leaves
    return new Stream(words, null);
  }

  /**
   * Continues a stream from `state()`.
   *
   * @throws TypeError that says which field is wrong
   */
  static restore(state: StreamState): Stream {
    const bad = (field: string, expected: string, found: unknown) =>
      new TypeError(`random stream state, "${field}": expected ${expected} but found ${JSON.stringify(found)}`);
    if (typeof state !== "object" || state === null) throw bad("state", "an object", state);
    if (state.algorithm !== "xoshiro128**") throw bad("algorithm", `"xoshiro128**"`, state.algorithm);
    const { words, spareNormal } = state;
    const isWord = (word: unknown) => typeof word === "number" && word === word >>> 0;
    if (!Array.isArray(words) || words.length !== 4 || !words.every(isWord) || words.every((word) => word === 0)) {
      throw bad("words", "four integers in [0, 2^32), not all 0", words);
    }
    if (spareNormal !== null && !Number.isFinite(spareNormal)) {
      throw bad("spareNormal", "a number or null", spareNormal);
    }
    return new Stream(Int32Array.from(words), spareNormal);
  }

  /** What `restore` needs to continue after the numbers drawn so far. */
  state(): StreamState {
    const [a, b, c, d] = this.#words;
    return {
      algorithm: "xoshiro128**",
      words: [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
      spareNormal: this.#spareNormal,
    };
  }

  /** A uniform integer in [0, 2^32). */
  uint32(): number {
    const s = this.#words;
    const s0 = s[0], s1 = s[1], s2 = s[2] ^ s0, s3 = s[3] ^ s1;
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    const product = Math.imul(s1, 5);
    return Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
  }

  /** A uniform number in [0, 1), a multiple of 2^-53. */
  uniform(): number {
    const high = this.uint32() >>> 5, low = this.uint32() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /**
   * A uniform integer in [0, n), without bias (numbers that would tip the balance are drawn again).
   *
   * @throws RangeError unless n is an integer in [1, 2^32]
   */
  below(n: number): number {
    if (!(n >= 1 && n <= 0x100000000 && Math.floor(n) === n)) {
      throw new RangeError(`Stream.below: expected an integer from 1 to 2^32 but found ${n}`);
    }
    const limit = 0x100000000 - 0x100000000 % n;
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return value % n;
  }

  /** A normal number of mean 0 and variance 1 (Marsaglia's polar method, which makes two at a time). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    let x: number, y: number, square: number;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt(-2 * Math.log(square) / square);
    this.#spareNormal = y * scale;
    return x * scale;
  }

  /** Puts the elements in uniformly random order, in place (Fisher–Yates), and returns the same array. */
  shuffle<A extends { length: number; [index: number]: unknown }>(array: A): A {
    for (let last = array.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = array[last];
      array[last] = array[other];
      array[other] = kept;
    }
    return array;
  }

  /**
   * An index drawn with probability weights[i] / sum(weights).
   *
   * @throws RangeError if a weight is negative or not finite, or if all are 0
   */
  categorical(weights: ArrayLike<number>): number {
    let total = 0, lastPossible = -1;
    for (let i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] < Infinity)) {
        throw new RangeError(`Stream.categorical: expected weights >= 0 but found ${weights[i]} at index ${i}`);
      }
      if (weights[i] > 0) lastPossible = i;
      total += weights[i];
    }
    if (!(total > 0 && total < Infinity)) {
      throw new RangeError(`Stream.categorical: expected weights with a positive, finite sum but found ${total}`);
    }
    let rest = this.uniform() * total;
    for (let i = 0; i < lastPossible; i++) {
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return lastPossible; // rounding in the sums must not choose an index of weight 0
  }

  /** Fills the array with normal numbers of this mean and standard deviation and returns it. */
  fillNormal(out: Float32Array, mean = 0, std = 1): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = mean + std * this.normal();
    return out;
  }

  /** Fills the array with uniform numbers in [lo, hi) and returns it. */
  fillUniform(out: Float32Array, lo = 0, hi = 1): Float32Array {
    for (let i = 0; i < out.length; i++) {
      // 24 bits, all that a float32 in [0, 1) can hold evenly; a sum that rounds up to `hi` becomes `lo`.
      out[i] = lo + (hi - lo) * (this.uint32() >>> 8) / 0x1000000;
      if (out[i] >= hi) out[i] = lo;
    }
    return out;
  }
}

/** MurmurHash3, x86 32-bit variant (Austin Appleby, public domain algorithm), as a signed 32-bit integer. */
function murmur3(key: Uint8Array, seed: number): number {
  const mixBlock = (block: number) => {
    const k = Math.imul(block, 0xcc9e2d51);
    return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  };
  const whole = key.length & ~3;
  let hash = seed;
  for (let i = 0; i < whole; i += 4) {
    hash ^= mixBlock(key[i] | (key[i + 1] << 8) | (key[i + 2] << 16) | (key[i + 3] << 24));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = key.length - 1; i >= whole; i--) tail = (tail << 8) | key[i];
  hash ^= mixBlock(tail) ^ key.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
