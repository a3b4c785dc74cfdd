/** Random numbers equal to NumPy's, bit for bit; references made with NumPy 2.4. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { NumpyRandom } from "../../lib/games/mod.ts";

/** Seed, first 64 bits, and the hash of a long mixture of draws: seeds of one word and of two, at their borders. */
const NUMPY: readonly (readonly [seed: number, first: string, mixture: string])[] = [
  [0, "a30febcfd9c2825f", "083bb67b68a50490b125987e055abf8b4d9f7f1218cc6e504356e2b32464f823"],
  [1, "8306bdf37922e4ff", "5659dea41dd28ef91322d6ac9d0c3935b415676aa24224770f9a4a0fd3350398"],
  [4294967295, "407f5fa930d8fd9f", "f60b26eb8cd7f2205395d8a89314cebac2529745e0a20706e731d7318c28f02b"],
  [4294967296, "e3c5ebe285ac1625", "72166f2634ef0f610da91637dac0dab8fc82f150d1b5dcb27645092c1f8c1ca5"],
  [987654321012345, "29066bf8253cc3e9", "d0ba913c47211b10c1bf8dca98cd1161a475ef93074b336f4ebeb1f9c2dab901"],
  [9007199254740991, "c948dddc0fcf0895", "b82bde85bd39257936a097195bca6d9a16902534b35d454df99d554edabd0806"],
];
const COUNTS = [1, 2, 3, 7, 10, 1000, 2 ** 31, 2 ** 31 + 1, 3 * 2 ** 30, 2 ** 32 - 1];
const hex = (word: bigint) => word.toString(16).padStart(16, "0");

/** Integers of small and huge ranges, fractions, shuffles and raw words in turn: each leaves the others' buffer as it was. */
function mixture(random: NumpyRandom): string {
  const out: string[] = [];
  for (let i = 0; i < 400; i++) {
    const count = COUNTS[i % COUNTS.length];
    out.push(String(random.integers(-5, count - 5)));
    if (i % 5 === 0) out.push(String(random.random() * 2 ** 53));
    if (i % 7 === 0) out.push(random.shuffle(Array.from({ length: i % 23 + 1 }, (_, k) => k)).join());
    if (i % 11 === 0) out.push(hex(random.uint64()));
  }
  return createHash("sha256").update(out.join(" ")).digest("hex");
}

Deno.test("the numbers are NumPy's", () => {
  for (const [seed, first, expected] of NUMPY) {
    assert.equal(hex(new NumpyRandom(seed).uint64()), first, `seed ${seed}`);
    assert.equal(mixture(new NumpyRandom(seed)), expected, `seed ${seed}`);
  }
});

Deno.test("a stored state continues exactly, the half-used word included (property test)", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(40), (seed, draws) => {
      const random = new NumpyRandom(seed);
      for (let i = 0; i < draws; i++) random.uint32();
      const stored = structuredClone(random.state());
      assert.equal(mixture(NumpyRandom.restore(stored)), mixture(random));
    }),
    { numRuns: 50, seed: 6 },
  );
});

Deno.test("a shuffle keeps what is there; integers stay in their range (property test)", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.array(fc.integer()), fc.integer(), fc.nat(2 ** 32 - 1), (seed, list, low, more) => {
      const random = new NumpyRandom(seed);
      assert.deepEqual(random.shuffle([...list]).sort(), [...list].sort());
      const drawn = random.integers(low, low + more + 1);
      assert.ok(Number.isInteger(drawn) && drawn >= low && drawn <= low + more);
    }),
    { numRuns: 300, seed: 7 },
  );
});

Deno.test("seeds and ranges that cannot be are named", () => {
  for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
    assert.throws(() => new NumpyRandom(seed), /expected an integer seed from 0 to 2\^53 - 1 but found/);
  }
  const random = new NumpyRandom(0);
  assert.throws(() => random.integers(3, 3), /expected 1 to 2\^32 integers but found the range \[3, 3\)/);
  assert.throws(() => random.integers(0, 2 ** 33), RangeError);
  assert.throws(() => random.integers(0.5, 2), RangeError);
  const state = random.state();
  assert.throws(() => NumpyRandom.restore({ ...state, state: "0x12" }), /up to 32 hexadecimal digits but found "0x12"/);
});
