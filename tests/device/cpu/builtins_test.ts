/** Builtins against written values, and against themselves: at compile time they give what they give at run time. */
import assert from "node:assert/strict";
import { runKernel } from "./harness.ts";

/** Values of a WGSL expression, one after the other: once with constants, once with the same numbers read from a buffer. */
async function both(expression: string, args: (number | number[])[]): Promise<[number[], number[]]> {
  const flat = args.flat();
  let next = 0;
  const read = (typed: string) => `x${typed}[${next++} + offset]`;
  const literals = args.map((arg) =>
    Array.isArray(arg) ? `vec${arg.length}(${arg.map(literal).join(", ")})` : literal(arg)
  );
  const fill = (parts: string[]) => expression.replace(/\$(\d)/g, (_, i) => parts[Number(i)]);
  const loaded = args.map((arg) => {
    const kind = isFloat(arg) ? "f" : "i";
    const scalar = isFloat(arg) ? "f32" : "i32";
    return Array.isArray(arg) ? `vec${arg.length}<${scalar}>(${arg.map(() => read(kind)).join(", ")})` : read(kind);
  });
  const code = (value: string, form: string) => `
@group(0) @binding(0) var<storage, read> xf: array<f32>;
@group(0) @binding(1) var<storage, read> xi: array<i32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3u) {
  let offset = group.x;
  ${form} values = ${value};
  for (var i = 0; i < 4; i++) { out[i] = bitcast<u32>(values[i]); }
}`;
  const floats = new Float32Array(flat);
  const ints = new Int32Array(flat.map((x) => x | 0));
  const result = async (value: string, form: string) => {
    const results = await runKernel<Uint32Array | Float32Array | Int32Array>({
      code: code(value, form),
      buffers: [floats, ints, new Uint32Array(4)],
    });
    return [...results[2]];
  };
  return [await result(fill(literals), "const"), await result(fill(loaded), "let")];
}

/** Numbers with a fraction stand for floats; so does a list that holds one. */
const isFloat = (x: number | number[]): boolean =>
  Array.isArray(x) ? x.some(isFloat) : !Number.isInteger(x) || Object.is(x, -0);
const literal = (x: number): string => `${x}`;

const scratch = new DataView(new ArrayBuffer(4));
const floatOf = (word: number): number => {
  scratch.setUint32(0, word);
  return scratch.getFloat32(0);
};
const wordOf = (x: number): number => {
  scratch.setFloat32(0, x);
  return scratch.getUint32(0);
};

/** The vector that WGSL's formula gives. */
function refracted(x: number[], normal: number[], ratio: number): number[] {
  const along = x[0] * normal[0] + x[1] * normal[1];
  const k = 1 - ratio ** 2 * (1 - along ** 2);
  return k < 0 ? [0, 0] : x.map((v, i) => ratio * v - (ratio * along + Math.sqrt(k)) * normal[i]);
}

/** Expression of four components over its arguments, the arguments, and the values; floats may be off by 1e-6. */
const FLOATS: [string, (number | number[])[], number[]][] = [
  ["vec4f(dot($0, $1))", [[1.5, 2, 3], [4.5, 5, -6]], [-1.25, -1.25, -1.25, -1.25]],
  ["vec4f(length($0), distance($0, $1), length($2), distance($2, 1.0))", [[1.5, 2], [4.5, -2], -2.5], [
    2.5,
    5,
    2.5,
    3.5,
  ]],
  ["vec4f(normalize($0), 0.0)", [[0.5, 0, -0.5]], [Math.SQRT1_2, 0, -Math.SQRT1_2, 0]],
  ["vec4f(cross($0, $1), 0.0)", [[1.5, 2, 3], [4.5, 5, -6]], [-27, 22.5, -1.5, 0]],
  ["vec4f(reflect($0, $1), reflect($0, -$1))", [[1.5, -2.5], [0.6, 0.8]], [2.82, -0.74, 2.82, -0.74]],
  ["vec4f(refract($0, $1, 0.5), refract($0, $1, 1.25))", [[0.96, -0.28], [0.6, 0.8]], [
    ...refracted([0.96, -0.28], [0.6, 0.8], 0.5),
    ...refracted([0.96, -0.28], [0.6, 0.8], 1.25),
  ]],
  ["vec4f(refract($0, -$1, 2.5), refract($0, $0.yx, 1.0))", [[0.96, -0.28], [0.6, 0.8]], [
    0,
    0,
    ...refracted([0.96, -0.28], [-0.28, 0.96], 1),
  ]],
  ["vec4f(faceForward($0, $1, $2), faceForward($0, -$1, $2))", [[1.5, -2], [1.5, 1], [1.5, 0.5]], [-1.5, 2, 1.5, -2]],
  ["mix($0, $1, $2)", [[0.5, 1, 2, 3], [1.5, 3, 2, -1], [0.25, 0.5, 0.75, 1]], [0.75, 2, 2, -1]],
  ["mix($0, $1, $2)", [[0.5, 1, 2, 3], [1.5, 3, 2, -1], 0.5], [1, 2, 2, 1]],
  ["smoothstep($0, $1, $2)", [[0.5, 0, 0, 0], [1.5, 1, 1, 1], [1.5, 0.25, -3, 3]], [1, 0.15625, 0, 1]],
  ["modf($0).fract", [[1.25, -1.25, 3, -0.5]], [0.25, -0.25, 0, -0.5]],
  ["modf($0).whole", [[1.25, -1.25, 3, -0.5]], [1, -1, 3, 0]],
  ["frexp($0).fract", [[1.5, -20, 0, 0.7]], [0.75, -0.625, 0, 0.7]],
  ["vec4f(vec2f(frexp($0).exp), frexp($1).fract, f32(frexp($1).exp))", [[1.5, -20], 1e-40], [
    1,
    5,
    0.5444488525390625,
    -132,
  ]],
  ["ldexp($0, $1)", [[1.5, -1, 0.5, 3], [3, -1, 0, 10]], [12, -0.5, 0.5, 3072]],
  ["vec4f(degrees($0), radians($1), sign($2), step($0, $2))", [0.5, 90.5, -2.5], [28.64789, 1.579523, -1, 0]],
  ["quantizeToF16($0)", [[1 / 3, 70000.5, 1e-8, -2.0009]], [0.333251953125, Infinity, 0, -2]],
  ["unpack4x8unorm(pack4x8unorm($0))", [[0.5, 2, -1, 0.25]], [128 / 255, 1, 0, 64 / 255]],
  ["unpack4x8snorm(pack4x8snorm($0))", [[0.5, 2, -1.5, -0.25]], [64 / 127, 1, -1, -32 / 127]],
  ["vec4f(unpack2x16unorm(pack2x16unorm($0)), unpack2x16snorm(pack2x16snorm($0)))", [[0.5, -3]], [
    32768 / 65535,
    0,
    16384 / 32767,
    -1,
  ]],
  ["vec4f(unpack2x16float(pack2x16float($0)), unpack2x16float(pack2x16float($1)))", [[1.001, -70000], [6e-8, -0.1]], [
    1.0009765625,
    -Infinity,
    5.9604644775390625e-8,
    -0.0999755859375,
  ]],
  ["round($0)", [[0.5, 1.5, -2.5, 2.6]], [0, 2, -2, 3]],
  ["fract($0) + trunc($0)", [[1.25, -1.25, 3, -0.5]], [1.25, -0.25, 3, 0.5]],
  ["clamp($0, vec4f(-1.0), vec4f(2.0)) + saturate($0)", [[1.25, -1.25, 3, -0.5]], [2.25, -1, 3, -0.5]],
];

const I = (...x: number[]) => x.map((v) => v >>> 0);
/** The same for integers, exactly. */
const INTEGERS: [string, (number | number[])[], number[]][] = [
  ["countOneBits($0)", [[0, -1, 7, 0x7fffffff]], I(0, 32, 3, 31)],
  ["countLeadingZeros($0)", [[0, -1, 7, 1]], I(32, 0, 29, 31)],
  ["countTrailingZeros($0)", [[0, -1, 8, 6]], I(32, 0, 3, 1)],
  ["firstLeadingBit($0)", [[0, -1, 8, -8]], I(-1, -1, 3, 2)],
  ["firstTrailingBit($0)", [[0, -1, 8, 6]], I(-1, 0, 3, 1)],
  ["firstLeadingBit(vec4u(bitcast<vec4u>(vec4<i32>($0))))", [[0, -1, 8, -8]], I(-1, 31, 3, 31)],
  ["reverseBits($0)", [[0, -1, 1, 6]], I(0, -1, 0x80000000, 0x60000000)],
  ["extractBits($0, 4u, 4u)", [[0x7f, 0x8f, -1, 0x70]], I(7, -8, -1, 7)],
  ["extractBits($0, 0u, 32u) + extractBits($0, 32u, 4u) + extractBits($0, 3u, 0u)", [[5, -5, 0, 9]], I(5, -5, 0, 9)],
  ["insertBits($0, $1, 4u, 4u)", [[0, -1, 0x123, 7], [15, 0, 5, -1]], I(0xf0, -241, 0x153, 0xf7)],
  ["insertBits($0, $1, 30u, 9u)", [[0, -1, 1, 7], [15, 0, 1, -2]], I(-1073741824, 0x3fffffff, 0x40000001, 0x80000007)],
  ["unpack4xI8(pack4xI8($0))", [[-1, 127, 128, 300]], I(-1, 127, -128, 44)],
  ["unpack4xI8(pack4xI8Clamp($0))", [[-1, 127, 128, -300]], I(-1, 127, 127, -128)],
  ["unpack4xU8(pack4xU8(bitcast<vec4u>(vec4<i32>($0))))", [[-1, 127, 128, 300]], I(255, 127, 128, 44)],
  ["unpack4xU8(pack4xU8Clamp(bitcast<vec4u>(vec4<i32>($0))))", [[-1, 127, 128, 300]], I(255, 127, 128, 255)],
  ["vec4i(dot4I8Packed(pack4xI8($0), pack4xI8($1)))", [[-1, 2, -3, 100], [4, 5, -6, 7]], I(724, 724, 724, 724)],
  ["vec4u(dot4U8Packed(pack4xI8($0), pack4xI8($1)))", [[1, 2, 3, 200], [4, 5, 6, 7]], I(1432, 1432, 1432, 1432)],
  ["vec4i(dot($0, $1))", [[1 << 20, 3, -5], [4, 5, 6]], I(4194289, 4194289, 4194289, 4194289)],
  ["abs($0)", [[-5, 5, -2147483647, 0]], I(5, 5, 2147483647, 0)],
  ["sign($0)", [[-5, 5, -2147483647, 0]], I(-1, 1, -1, 0)],
  ["min($0, $1) + max($0, $1) * 2", [[-5, 5, 7, 0], [3, -3, 7, 1]], I(1, 7, 21, 2)],
  ["clamp($0, vec4(-2), vec4(3))", [[-5, 5, 7, 0]], I(-2, 3, 3, 0)],
  ["$0 % $1", [[-7, 7, -7, -2147483647], [3, -3, -3, 10]], I(-1, 1, -1, -7)],
  ["$0 / $1", [[-7, 7, -7, -2147483647], [3, -3, -3, 10]], I(-2, -2, 2, -214748364)],
  ["(vec4i($0) << vec4u(3u)) >> vec4u(1u)", [[-7, 7, -7, 1]], I(-28, 28, -28, 4)],
  [
    "vec4i(vec4<bool>(all($0 < $1), any($0 < $1), all($0 != $1), any($0 == $1)))",
    [[1, 2, 3], [1, 3, 4]],
    I(0, 1, 0, 1),
  ],
  ["select($0, $1, $0 < $1)", [[1, 2, 3, 4], [4, 3, 2, 1]], I(4, 3, 3, 4)],
];

Deno.test("float builtins: at compile time and at run time, within a millionth of written values", async () => {
  for (const [expression, args, expected] of FLOATS) {
    for (const [form, words] of (await both(expression, args)).entries()) {
      words.map(floatOf).forEach((found, i) => {
        const close = Object.is(found, expected[i]) ||
          Math.abs(found - expected[i]) <= 1e-6 * Math.max(1, Math.abs(found));
        assert.ok(
          close,
          `${form === 0 ? "const" : "let"} ${expression} of ${JSON.stringify(args)}: [${i}] is ${found}`,
        );
      });
    }
  }
});

Deno.test("integer builtins: at compile time and at run time, exactly the written values", async () => {
  for (const [expression, args, expected] of INTEGERS) {
    const [constant, running] = await both(expression, args);
    assert.deepEqual(constant, expected, `const ${expression} of ${JSON.stringify(args)}`);
    assert.deepEqual(running, expected, `let ${expression} of ${JSON.stringify(args)}`);
  }
});

Deno.test("exact float builtins give the same bits at compile time and at run time", async () => {
  const x = [1.7, -0.3, 250.75, -1e-3];
  for (const name of ["floor", "ceil", "trunc", "round", "abs", "sqrt", "quantizeToF16", "fract"]) {
    const args = name === "sqrt" ? [x.map(Math.abs)] : [x];
    const [constant, running] = await both(`${name}(vec4f($0))`, args);
    // A constant fraction is computed more precisely before it becomes f32.
    if (name === "fract") {
      constant.forEach((word, i) => assert.ok(Math.abs(floatOf(word) - floatOf(running[i])) < 1e-7));
    } else assert.deepEqual(constant, running, name);
  }
  assert.equal(floatOf(wordOf(1.5)), 1.5);
});
