import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FormatError,
  readSafetensors,
  TENSOR_TYPES,
  type TensorData,
  type TensorType,
  writeSafetensors,
} from "../../lib/data/mod.ts";
import { damages, join, mutate, readOrFormatError } from "./mutate.ts";

const REFERENCE = Deno.readFileSync(new URL("fixtures/reference.safetensors", import.meta.url));

const tensor: fc.Arbitrary<TensorData> = fc
  .tuple(fc.constantFrom(...(Object.keys(TENSOR_TYPES) as TensorType[])), fc.array(fc.nat(4), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const size = shape.reduce((product, length) => product * length, TENSOR_TYPES[dtype] as number);
    return fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => ({ dtype, shape, bytes }));
  });
const tensorName = fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__");
const tensors = fc.dictionary(tensorName, tensor, { maxKeys: 5 });
const metadata = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string(), { maxKeys: 3 });

/** A file with any header text and any data. */
function file(header: unknown, data = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(text.length), true);
  return join(size, text, data);
}

function failure(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, "w.safetensors");
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error.message;
  }
  throw new Error("expected a FormatError but the file was read");
}

Deno.test("a file of the reference implementation is read, and written back byte for byte", () => {
  const { metadata, tensors } = readSafetensors(REFERENCE, "reference.safetensors");
  assert.deepEqual(metadata, { format: "np" });
  assert.deepEqual(Object.keys(tensors).sort(), ["empty", "mask", "steps", "weight"]);
  assert.deepEqual(tensors.weight.shape, [2, 3]);
  assert.deepEqual(Array.from(new Float32Array(tensors.weight.bytes.slice().buffer)), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(tensors.steps, { dtype: "I64", shape: [], bytes: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0) });
  assert.deepEqual(tensors.mask, { dtype: "BOOL", shape: [3], bytes: Uint8Array.of(1, 0, 1) });
  assert.deepEqual(tensors.empty, { dtype: "F16", shape: [0, 4], bytes: new Uint8Array(0) });
  assert.deepEqual(writeSafetensors(tensors, metadata), new Uint8Array(REFERENCE));
});

Deno.test("writing and reading gives the same tensors bit for bit, in any order of names", () => {
  fc.assert(
    fc.property(tensors, metadata, (tensors, metadata) => {
      const bytes = writeSafetensors(tensors, metadata);
      const read = readSafetensors(bytes, "f");
      assert.equal(Object.keys(read.tensors).length, Object.keys(tensors).length);
      for (const name of Object.keys(tensors)) {
        assert.deepEqual({ ...read.tensors[name] }, { ...tensors[name] });
        assert.equal(read.tensors[name].bytes.byteOffset, 0);
      }
      assert.deepEqual(Object.entries(read.metadata).sort(), Object.entries(metadata).sort());
      const reversed = Object.fromEntries(Object.entries(tensors).reverse());
      assert.deepEqual(writeSafetensors(reversed, metadata), bytes);
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("every possible truncation and any extra byte is noticed", () => {
  for (let length = 0; length < REFERENCE.length; length++) failure(REFERENCE.subarray(0, length));
  assert.match(failure(join(REFERENCE, Uint8Array.of(0))), /the end of the file after the last tensor/);
});

Deno.test("each rule of the format has its message with the place", () => {
  const u8 = (begin: number, end: number, shape = [end - begin]) => ({
    dtype: "U8",
    shape,
    data_offsets: [begin, end],
  });
  const eight = new Uint8Array(8);
  const long = file({}).fill(255, 0, 8);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(7), /w.safetensors, byte 0: expected 8 bytes with the length of the header but found a file of 7/],
    [long, /byte 0: expected a header length from 2 to 2 but found 18446744073709552000/],
    [file(""), /a header length from 2 to 0 but found 0/],
    [file("not json"), /byte 8: expected a header in JSON/],
    [file("[".repeat(100_000)), /a header in JSON/],
    [file([1]), /a JSON object/],
    [file(' {"a":1}'), /which starts with "\{"/],
    [file({ a: 1 }), /tensor "a" with dtype, shape and data_offsets but found 1/],
    [file({ a: { ...u8(0, 0), colour: 1 } }), /with dtype, shape and data_offsets/],
    [file({ a: { ...u8(0, 8), dtype: "F128" } }, eight), /of a type BOOL .* but found "F128"/],
    [file({ a: { ...u8(0, 8), dtype: "toString" } }, eight), /of a type/],
    [file({ a: u8(0, 8, [-8]) }, eight), /a shape of integers from 0 but found \[-8\]/],
    [file({ a: u8(0, 8, [2, 2.5]) }, eight), /a shape of integers/],
    [file({ a: { ...u8(0, 8), shape: "8" } }, eight), /a shape of integers/],
    [file({ a: { ...u8(0, 8), data_offsets: [8, 0] } }, eight), /data_offsets \[begin, end\]/],
    [file({ a: { ...u8(0, 8), data_offsets: [0] } }, eight), /data_offsets \[begin, end\]/],
    [file({ a: u8(0, 8, [7]) }, eight), /U8 of shape \(\[7\]\), in 7 bytes but found 8 bytes/],
    [file({ a: u8(0, 8, [2 ** 40, 2 ** 40]) }, eight), /in 1.2089258196146292e\+24 bytes/],
    [file({ a: u8(0, 5), b: u8(4, 8) }, eight), /the data of "b", after the tensor before it but found its offset 4/],
    [file({ a: u8(0, 3), b: u8(4, 8) }, eight), /byte \d+: expected the data of "b", .* its offset 4/],
    [file({ a: u8(1, 8) }, eight), /the data of "a"/],
    [file({ a: u8(0, 7) }, eight), /the end of the file after the last tensor/],
    [file({ a: u8(0, 9) }, eight), /the end of the file after the last tensor/],
    [file({ __metadata__: [] }), /__metadata__ to be an object of strings/],
    [file({ __metadata__: { epoch: 3 } }), /__metadata__ "epoch" to be a string but found 3/],
    [file('{"a":1,"b":{"a":[{}]},"\\u0061":2}'), /each key of the header once but found "a" twice/],
    [file('{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}'), /"dtype" twice/],
    [join(file({}).subarray(0, 8), Uint8Array.of(0x7b, 0xff)), /a header in JSON/],
  ];
  for (const [bytes, message] of cases) assert.match(failure(bytes), message);
});

Deno.test("a header with very long strings and many keys is read in one pass", () => {
  const metadata = { notes: '"\\'.repeat(2_000_000), ["k".repeat(1_000_000)]: "" };
  assert.deepEqual(readSafetensors(writeSafetensors({}, metadata), "f").metadata, metadata);
});

Deno.test("writing refuses tensors that do not fit together", () => {
  const bytes = new Uint8Array(8);
  const write = (name: string, data: TensorData) => () => writeSafetensors({ [name]: data });
  assert.throws(
    write("a", { dtype: "F32", shape: [3], bytes }),
    /"a": expected 12 bytes for F32 \(3\) but found 8 bytes/,
  );
  assert.throws(write("a", { dtype: "F32", shape: [-2], bytes }), RangeError);
  assert.throws(write("a", { dtype: "F33" as TensorType, shape: [2], bytes }), /expected dtype .* but found "F33"/);
  assert.throws(write("__metadata__", { dtype: "F32", shape: [2], bytes }), /reserved/);
});

Deno.test("4,000 damaged files: read or refused with a FormatError", () => {
  fc.assert(
    fc.property(fc.oneof(fc.constant(null), tensors), damages, (tensors, list) => {
      const damaged = mutate(tensors ? writeSafetensors(tensors, { seed: "0" }) : REFERENCE, list);
      const read = readOrFormatError("f", () => readSafetensors(damaged, "f"));
      if (read === null) return;
      const total = Object.values(read.tensors).reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.ok(total <= damaged.length);
      assert.deepEqual(readSafetensors(writeSafetensors(read.tensors), "again").tensors, { ...read.tensors });
    }),
    { numRuns: 4000, seed: 4 },
  );
});

Deno.test("2,000 headers with wrong numbers: read or refused with a FormatError", () => {
  const number = fc.oneof(fc.constantFrom(-1, 0, 1, 4, 8, 12, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, 0.5), fc.nat(16));
  const entry = fc.record({
    dtype: fc.constantFrom("F32", "U8", "BOOL", "I64", "F4", ""),
    shape: fc.array(number, { maxLength: 3 }),
    data_offsets: fc.array(number, { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), entry, { maxKeys: 3 }), fc.nat(16), (header, size) => {
      readOrFormatError("f", () => readSafetensors(file(header, new Uint8Array(size)), "f"));
    }),
    { numRuns: 2000, seed: 5 },
  );
});
