import assert from "node:assert/strict";
import fc from "fast-check";
import { FormatError, readNpy, writeNpy } from "../../lib/data/mod.ts";
import { bits, npyArray } from "./arrays.ts";
import { damages, join, mutate, readOrFormatError } from "./mutate.ts";

/** A file with this header text and this data. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const size = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return join(Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...size), text, data);
}

function failure(bytes: Uint8Array): string {
  try {
    readNpy(bytes, "a.npy");
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error.message;
  }
  throw new Error("expected a FormatError but the file was read");
}

const FOUR = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

Deno.test("the header is written as NumPy writes it: 64-byte aligned, version 1.0", () => {
  const bytes = writeNpy({ dtype: "<f4", shape: [4], data: Float32Array.of(1, 2, 3, 4) });
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 128));
  assert.equal(text.slice(10), "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }".padEnd(117) + "\n");
  assert.equal(bytes.length, 128 + 16);
});

Deno.test("headers in every legal form are read: versions, quotes, order of keys, spaces, commas", () => {
  for (
    const [header, version] of [
      ["{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n", 1],
      ["{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}\n", 2],
      [`{"shape":(4,),"descr":"<f4","fortran_order":False}   \n`, 3],
      ["{ 'fortran_order' : True , 'shape' : ( 4 , ) , 'descr' : '<f4' , } \n", 1],
      ["{'descr': '<f4', 'fortran_order': False, 'shape': (4), }\n", 1],
    ] as const
  ) {
    const read = readNpy(npy(header, FOUR, version), "a.npy");
    assert.deepEqual(read, { dtype: "<f4", shape: [4], data: Float32Array.of(1, 2, 3, 4) }, header);
  }
});

Deno.test("Fortran order becomes C order for any shape", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), (shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const stored = new Uint8Array(size), expected = Array.from({ length: size }, (_, i) => i);
      for (let flat = 0; flat < size; flat++) {
        let rest = flat, place = 0; // C order → index → place in Fortran order
        for (let axis = shape.length - 1, stride = size; axis >= 0; axis--) {
          stride /= shape[axis];
          place += (rest % shape[axis]) * stride;
          rest = Math.floor(rest / shape[axis]);
        }
        stored[place] = flat;
      }
      const header = `{'descr': '|u1', 'fortran_order': True, 'shape': (${shape},), }\n`;
      assert.deepEqual(Array.from(readNpy(npy(header, stored), "a").data as Uint8Array), expected);
    }),
    { numRuns: 200, seed: 1 },
  );
});

Deno.test("wrong headers are refused with what was expected", () => {
  const header = (descr: string, order: string, shape: string, rest = "\n") =>
    npy(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }${rest}`, FOUR);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /a.npy, byte 0: expected an .npy array/],
    [npy("", FOUR).fill(0, 0, 1), /which starts with/],
    [npy("", FOUR).fill(9, 6, 7), /version 1.0, 2.0 or 3.0 of the format but found 9.0/],
    [npy("{}\n", FOUR), /the keys descr, fortran_order and shape/],
    [npy("", FOUR), /byte 10: expected \{ but found its end/],
    [npy("{'descr'", new Uint8Array(0)), /found its end/],
    [header("'<f4'", "False", "(4,)").fill(255, 8, 10), /a header of at most \d+ bytes but found one of 65535/],
    [header("'<f4'", "False", "(5,)"), /20 bytes for <f4 of shape \(5\) but found 16 bytes/],
    [header("'<f4'", "False", "(3,)"), /12 bytes/],
    [header("'<f4'", "False", "(9007199254740991, 9007199254740991)"), /but found 16 bytes/],
    [header("'<f4'", "False", "(99999999999999999999,)"), /the length of an axis/],
    [header("'<f4'", "False", "(-4,)"), /expected a length/],
    [header("'<f4'", "False", "('4',)"), /the length of an axis but found "4"/],
    [header("'<f4'", "False", "4"), /expected \( but found "4"/],
    [header("'<f4'", "False", `(${"1,".repeat(65)})`), /at most 64 axes/],
    [header("'<f4'", "0", "(4,)"), /True or False but found "0"/],
    [header("'<f4'", "'True'", "(4,)"), /True or False/],
    [header("4", "False", "(4,)"), /a type such as '<f4' but found "4"/],
    [header("'<c8'", "False", "(2,)"), /one of the types .* but found "<c8"/],
    [header("'toString'", "False", "(2,)"), /one of the types/],
    [header("'|b1'", "False", "(16,)"), /byte \d+: expected booleans, 0 or 1 but found 128/],
    [header("'<f4'", "False", "(4,)", " x\n"), /spaces and a line end/],
    [header("'<f4', 'descr': '<f4'", "False", "(4,)"), /once each but found "descr"/],
    [header("'<f4', 'color': 1", "False", "(4,)"), /once each but found "color"/],
  ];
  for (const [bytes, message] of cases) assert.match(failure(bytes), message);
});

Deno.test("4,000 damaged arrays: read or refused with a FormatError", () => {
  fc.assert(
    fc.property(npyArray, damages, (array, list) => {
      const whole = writeNpy(array);
      assert.deepEqual(bits(readNpy(whole, "a.npy").data), bits(array.data));
      const damaged = mutate(whole, list);
      const read = readOrFormatError("a.npy", () => readNpy(damaged, "a.npy"));
      if (read !== null) assert.ok(read.data.byteLength <= damaged.length);
    }),
    { numRuns: 4000, seed: 3 },
  );
});
