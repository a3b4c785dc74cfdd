import assert from "node:assert/strict";
import { deflateSync, zipSync } from "fflate";
import fc from "fast-check";
import { FormatError, type NpyArray, readNpz, writeNpz } from "../../lib/data/mod.ts";
import { bits, npyArray } from "./arrays.ts";
import { damages, join, mutate, readOrFormatError } from "./mutate.ts";

/** What `fixtures/make.py` stored with NumPy 2.4. */
const NUMPY: Record<string, { shape: number[]; values: (number | bigint)[] }> = {
  b1: { shape: [3], values: [1, 0, 1] },
  u1: { shape: [3], values: [0, 1, 255] },
  i1: { shape: [3], values: [-128, 0, 127] },
  u2: { shape: [3], values: [0, 1, 65535] },
  i2: { shape: [3], values: [-32768, 0, 32767] },
  u4: { shape: [3], values: [0, 1, 4294967295] },
  i4: { shape: [3], values: [-2147483648, 0, 2147483647] },
  u8: { shape: [3], values: [0n, 1n, 18446744073709551615n] },
  i8: { shape: [3], values: [-9223372036854775808n, 0n, 9223372036854775807n] },
  f2: { shape: [3], values: [-0.5, 0.0999755859375, 65504] },
  f4: { shape: [3], values: [-0.5, 0.10000000149011612, Infinity] },
  f8: { shape: [3], values: [-0.5, 0.1, NaN] },
  scalar: { shape: [], values: [2.5] },
  empty: { shape: [0, 3], values: [] },
  c_order: { shape: [2, 3, 4], values: Array.from({ length: 24 }, (_, i) => i) },
  fortran_order: { shape: [2, 3, 4], values: Array.from({ length: 24 }, (_, i) => i) },
  transposed: { shape: [3, 2], values: [0, 3, 1, 4, 2, 5] },
  "é": { shape: [1], values: [7] },
};

function fixture(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

function failure(bytes: Uint8Array, maxBytes?: number): FormatError {
  try {
    readNpz(bytes, "file.npz", { maxBytes });
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error;
  }
  throw new Error("expected a FormatError but the file was read");
}

/** A copy with a little-endian number written over `size` bytes at `at`. */
function patch(bytes: Uint8Array, at: number, size: 2 | 4, value: number): Uint8Array {
  const copy = bytes.slice(), view = new DataView(copy.buffer);
  if (size === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return copy;
}

const SMALL: Record<string, NpyArray> = {
  a: { dtype: "<f4", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
  b: { dtype: "|u1", shape: [500], data: new Uint8Array(500).fill(3) },
};
const STORED = writeNpz(SMALL), PACKED = writeNpz(SMALL, { compress: true });
const END = 22;
/** Offset of the directory, from the end record. */
const directoryOf = (bytes: Uint8Array) => new DataView(bytes.buffer).getUint32(bytes.length - END + 16, true);

for (const name of ["numpy_stored.npz", "numpy_compressed.npz"]) {
  Deno.test(`${name}: every array as NumPy wrote it`, () => {
    const arrays = readNpz(fixture(name), name);
    assert.deepEqual(Object.keys(arrays), Object.keys(NUMPY));
    for (const [key, { shape, values }] of Object.entries(NUMPY)) {
      assert.deepEqual(arrays[key].shape, shape, key);
      assert.deepEqual(Array.from<number | bigint>(arrays[key].data as Iterable<number | bigint>), values, key);
    }
  });
}

Deno.test("types without a typed array are refused by name", () => {
  const cases: [string, string, RegExp][] = [
    ["numpy_big_endian.npz", '">f4"', /astype/],
    ["numpy_objects.npz", '"|O"', /pickled/],
    ["numpy_strings.npz", '"<U5"', /astype/],
    ["numpy_structured.npz", "a structured type", /each field/],
  ];
  for (const [name, found, advice] of cases) {
    const error = failure(fixture(name));
    assert.equal(error.found, found);
    assert.match(error.advice, advice);
    assert.equal(error.where, 'file.npz, entry "a.npy"');
  }
});

Deno.test("writing and reading gives the same arrays bit for bit, stored and compressed", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), npyArray, { maxKeys: 4 }), fc.boolean(), (arrays, compress) => {
      const bytes = writeNpz(arrays, { compress });
      assert.deepEqual(writeNpz(arrays, { compress }), bytes); // no time stamp, no chance
      const read = readNpz(bytes, "file.npz");
      assert.deepEqual(Object.keys(read), Object.keys(arrays));
      for (const [name, array] of Object.entries(arrays)) {
        assert.equal(read[name].dtype, array.dtype);
        assert.deepEqual(read[name].shape, array.shape);
        assert.deepEqual(bits(read[name].data), bits(array.data));
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

Deno.test("names that mean something to JavaScript are ordinary names", () => {
  const arrays = Object.fromEntries(["__proto__", "constructor", "1", "", "x/y"].map((name) => [name, SMALL.a]));
  assert.deepEqual(Object.keys(readNpz(writeNpz(arrays), "f")).sort(), Object.keys(arrays).sort());
});

Deno.test("an archive of another zip program is read", () => {
  const npy = readFirstEntry(STORED);
  const read = readNpz(zipSync({ "a.npy": [npy, { level: 9, comment: "c", extra: { 7: Uint8Array.of(1) } }] }), "f");
  assert.deepEqual(read, { a: SMALL.a });
});

/** The bytes of `a.npy`, the first entry of `STORED`. */
function readFirstEntry(bytes: Uint8Array): Uint8Array {
  const start = 30 + "a.npy".length;
  return bytes.subarray(start, start + new DataView(bytes.buffer).getUint32(22, true));
}

Deno.test("every possible truncation is noticed", () => {
  for (const whole of [STORED, PACKED]) {
    for (let length = 0; length < whole.length; length++) failure(whole.subarray(0, length));
  }
});

Deno.test("a file that is no archive, other entries, and unknown features are refused with the place", () => {
  const directory = directoryOf(STORED), end = STORED.length - END;
  const cases: [string, Uint8Array, RegExp][] = [
    ["no zip", new TextEncoder().encode("hello"), /byte 5: expected the end record of a zip archive/],
    ["other entry", zipSync({ "notes.txt": Uint8Array.of(1) }), /only arrays .* but found entry "notes.txt"/],
    ["encrypted", patch(STORED, directory + 8, 2, 0x801), /without encryption/],
    ["method", patch(STORED, directory + 10, 2, 12), /method 0 \(stored\) or 8 \(deflated\) but found method 12/],
    ["zip64", patch(STORED, end + 16, 4, 0xffffffff), /found a zip64 archive/],
    ["split", patch(STORED, end + 4, 2, 1), /split archive/],
    ["count", patch(patch(STORED, end + 8, 2, 3), end + 10, 2, 3), /directory record 3 of 3/],
    ["fewer", patch(patch(STORED, end + 8, 2, 1), end + 10, 2, 1), /end record after 1 directory records/],
    ["directory", patch(STORED, end + 16, 4, directory - 1), /a directory that ends here/],
    ["place", patch(STORED, directory + 42, 4, directory), /to end by byte/],
    ["local name", patch(STORED, 30, 2, 0x7a7a), /the name in the directory, "a.npy" but found "zznpy"/],
    ["local method", patch(STORED, 8, 2, 8), /method 0 as in the directory but found method 8/],
    ["local size", patch(STORED, 22, 4, 7), /as in the directory but found 7/],
    ["checksum", patch(STORED, directory - 3, 2, 0x0101), /entry "b.npy".*expected checksum/],
  ];
  for (const [what, bytes, message] of cases) assert.match(failure(bytes).message, message, what);
});

Deno.test("two entries with one name, and entries that share bytes, are refused", () => {
  const directory = directoryOf(STORED);
  const first = STORED.subarray(directory, directory + 46 + "a.npy".length);
  const twice = join(STORED.subarray(0, directory), first, first, STORED.subarray(STORED.length - END));
  const sized = patch(twice, twice.length - END + 12, 4, 2 * first.length);
  assert.match(failure(sized).message, /each entry name once but found "a.npy" twice/);
  const renamed = sized.slice();
  renamed[directory + first.length + 46] = "z".charCodeAt(0);
  assert.match(failure(renamed).message, /to end by byte 0/);
});

Deno.test("a bomb is refused before anything is unpacked", () => {
  const zeros = writeNpz({ a: { dtype: "|u1", shape: [2 ** 20], data: new Uint8Array(2 ** 20) } }, { compress: true });
  assert.ok(zeros.length < 3000);
  assert.match(failure(zeros, 2 ** 20).message, /at most 1048576 bytes unpacked but found 1048704 bytes/);
  assert.match(failure(zeros, 2 ** 20).advice, /larger maxBytes/);
  assert.equal(readNpz(zeros, "f", { maxBytes: 2 ** 20 + 128 }).a.data.length, 2 ** 20);
  // A declared size that the packed bytes can never reach is a lie, whatever the limit.
  const lie = patch(PACKED, directoryOf(PACKED) + 24, 4, 0xf0000000);
  assert.match(failure(lie, Infinity).message, /a size that the packed data can have but found 4026531840 bytes/);
});

Deno.test("data longer or shorter than declared, and useless rests, are stopped", () => {
  const archive = (packed: Uint8Array, size: number) => {
    const name = new TextEncoder().encode("a.npy");
    const header = new Uint8Array(26), view = new DataView(header.buffer);
    [20, 0, 8].forEach((value, i) => view.setUint16(2 * i, value, true));
    view.setUint32(14, packed.length, true);
    view.setUint32(18, size, true);
    view.setUint16(22, name.length, true);
    const local = join(Uint8Array.of(0x50, 0x4b, 3, 4), header, name, packed);
    const listed = join(Uint8Array.of(0x50, 0x4b, 1, 2, 20, 0), header, new Uint8Array(14), name);
    const end = new Uint8Array(END);
    end.set([0x50, 0x4b, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0]);
    new DataView(end.buffer).setUint32(12, listed.length, true);
    new DataView(end.buffer).setUint32(16, local.length, true);
    return join(local, listed, end);
  };
  const packed = deflateSync(new Uint8Array(100_000).fill(1));
  assert.match(failure(archive(packed, 50_000)).message, /50000 bytes unpacked but found more/);
  assert.match(failure(archive(packed, 100_001)).message, /100001 bytes unpacked but found 100000/);
  assert.match(failure(archive(packed.subarray(0, 80), 50_000)).message, /deflate stream|bytes unpacked/);
  assert.match(failure(archive(Uint8Array.of(7, 7, 7), 10)).message, /a valid deflate stream/);
  const rest = join(packed, new Uint8Array(8_000_000));
  assert.match(failure(archive(rest, 200_000)).message, /bytes that unpack to nothing/);
});

Deno.test("writing refuses arrays that do not fit together", () => {
  const write = (array: Partial<NpyArray>) => () => writeNpz({ a: { ...SMALL.a, ...array } });
  assert.throws(write({ dtype: ">f4" }), /expected dtype .* but found ">f4"/);
  assert.throws(write({ dtype: "<f8" }), /expected Float64Array for <f8/);
  assert.throws(write({ shape: [3] }), /expected 3 elements for shape \(3\) but found 4/);
  assert.throws(write({ shape: [-2, -2] }), /expected a shape/);
  assert.throws(() => writeNpz({ ["x".repeat(70_000)]: SMALL.a }), /zip entry name/);
});

Deno.test("5,000 damaged archives: read or refused with a FormatError, never more memory than allowed", () => {
  const numpy = fixture("numpy_compressed.npz");
  const file = fc.constantFrom(STORED, PACKED, numpy, writeNpz({ a: SMALL.a }));
  fc.assert(
    fc.property(file, damages, (whole, list) => {
      const read = readOrFormatError("file.npz", () => readNpz(mutate(whole, list), "file.npz", { maxBytes: 1 << 16 }));
      if (read === null) return;
      const total = Object.values(read).reduce((sum, array) => sum + array.data.byteLength, 0);
      assert.ok(total <= 1 << 16);
      assert.deepEqual(Object.keys(readNpz(writeNpz(read), "again")), Object.keys(read));
    }),
    { numRuns: 5000, seed: 2 },
  );
});
