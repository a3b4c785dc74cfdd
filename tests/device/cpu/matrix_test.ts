import assert from "node:assert/strict";
import fc from "fast-check";
import { runKernel } from "./harness.ts";

/** A matrix as its columns. */
type Columns = number[][];

const rowsOf = (m: Columns): number => m[0].length;
const times = (a: Columns, v: number[]): number[] =>
  Array.from({ length: rowsOf(a) }, (_, row) => v.reduce((sum, x, k) => sum + x * a[k][row], 0));
const transposed = (a: Columns): Columns => a[0].map((_, row) => a.map((column) => column[row]));
const determinant = (m: Columns): number =>
  m.length === 1 ? m[0][0] : m[0].reduce(
    (sum, x, row) =>
      sum + (row % 2 ? -x : x) * determinant(m.slice(1).map((column) => column.filter((_, i) => i !== row))),
    0,
  );

/** A matrix as WGSL keeps it in a buffer: columns of three lie 16 bytes apart. */
const stored = (m: Columns): number[] => m.flatMap((column) => column.length === 3 ? [...column, 0] : column);
const small = (columns: number, rows: number) =>
  fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: rows, maxLength: rows }), {
    minLength: columns,
    maxLength: columns,
  });

Deno.test("every shape of matrix multiplies, adds, turns and scales as in linear algebra", async () => {
  const shapes = [2, 3, 4].flatMap((columns) => [2, 3, 4].map((rows) => [columns, rows] as const));
  const cases = shapes.map(([columns, rows]) =>
    fc.tuple(small(columns, rows), small(columns, rows), small(rows, columns))
  );
  await fc.assert(
    fc.asyncProperty(fc.tuple(...cases), async (matrices) => {
      for (const [a, b, c] of matrices) {
        const [columns, rows] = [a.length, rowsOf(a)];
        const [type, other] = [`mat${columns}x${rows}f`, `mat${rows}x${columns}<f32>`];
        const code = `
struct Inputs { a: ${type}, b: ${type}, c: ${other}, row: vec${rows}f, column: vec${columns}f }
struct Outputs { sum: ${type}, difference: ${type}, product: mat${rows}x${rows}f, turned: ${other}, scaled: ${type}, left: vec${columns}f, right: vec${rows}f }
@group(0) @binding(0) var<storage, read> x: Inputs;
@group(0) @binding(1) var<storage, read_write> y: Outputs;
@compute @workgroup_size(1) fn main() {
  y.sum = x.a + x.b; y.difference = x.a - x.b; y.product = x.a * x.c; y.turned = transpose(x.a);
  var m = x.a; m *= 3.0; y.scaled = 0.5 * m;
  y.left = x.row * x.a; y.right = x.a * x.column;
}`;
        const align = (list: number[], to: number) => [...list, ...new Array((to - list.length % to) % to).fill(0)];
        const vector = (v: number[]) => v.length === 3 ? [...v, 0] : v;
        /** Members one after the other, each at a multiple of its alignment in words. */
        const struct = (members: { words: number[]; align: number }[]) =>
          align(members.reduce<number[]>((all, m) => [...align(all, m.align), ...m.words], []), 4);
        const member = (m: Columns) => ({ words: stored(m), align: rowsOf(m) === 2 ? 2 : 4 });
        const part = (v: number[]) => ({ words: vector(v), align: v.length === 2 ? 2 : 4 });
        const [row, column] = [c.map((v) => v[0]), b.map((v) => v[0])];
        const each = (f: (p: number, q: number) => number) => a.map((v, i) => v.map((p, j) => f(p, b[i][j])));
        const expected = struct([
          member(each((p, q) => p + q)),
          member(each((p, q) => p - q)),
          member(c.map((v) => times(a, v))),
          member(transposed(a)),
          member(each((p) => 1.5 * p)),
          part(times(transposed(a), row)),
          part(times(a, column)),
        ]);
        const input = struct([member(a), member(b), member(c), part(row), part(column)]);
        const [, out] = await runKernel({
          code,
          buffers: [new Float32Array(input), new Float32Array(expected.length)],
        });
        // Zeros may be negative, and the gaps between members hold nothing.
        assert.deepEqual([...out].map((v) => v + 0), expected.map((v) => v + 0), `${type}\n${code}`);
      }
    }),
    { numRuns: 10, seed: 4 },
  );
});

Deno.test("determinants of whole numbers are exact", async () => {
  await fc.assert(
    fc.asyncProperty(small(2, 2), small(3, 3), small(4, 4), async (two, three, four) => {
      const text = (m: Columns) => `mat${m.length}x${m.length}(${m.flat().map((x) => `${x}.0`).join(", ")})`;
      const all = [two, three, four];
      const [out] = await runKernel({
        code: `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(1) fn main() {
${
          all.map((m, i) =>
            `  const c${i} = determinant(${text(m)}); var m${i} = ${text(m)}; out[${i}] = determinant(m${i}); out[${
              i + 3
            }] = c${i};`
          ).join("\n")
        }
}`,
        buffers: [new Float32Array(6)],
      });
      const exact = all.map((m) => determinant(m) + 0);
      assert.deepEqual([...out].map((v) => v + 0), [...exact, ...exact]);
    }),
    { numRuns: 60, seed: 9 },
  );
});

Deno.test("columns and components of matrices change one by one, wherever the matrix lies", async () => {
  for (const space of ["function", "private", "workgroup"]) {
    const declaration = `var<${space}> m: mat3x2f; var<${space}> s: array<Pair, 2>;`;
    const [out] = await runKernel({
      code: `
struct Pair { k: f32, m: mat2x3<f32> }
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
fn grow(m: ptr<function, mat2x2f>, i: u32) { (*m)[i] *= 3.0; m[i][1] += 1.0; }
${space === "function" ? "" : declaration}
@compute @workgroup_size(1) fn main(@builtin(num_workgroups) n: vec3u) {
  ${space === "function" ? declaration : ""}
  let one = n.x;
  m[0] = vec2f(1.0, 2.0); m[one] = vec2f(3.0, 4.0); m[2].x = 5.0; m[one + 1u][one] = 6.0;
  m[1] += vec2f(10.0); m[0][1] *= 7.0;
  for (var c = 0; c < 3; c++) { out[2 * c] = m[c].x; out[2 * c + 1] = m[c][1]; }
  s[one].m[one] = vec3f(1.0, 2.0, 3.0); s[0] = s[1]; s[0].m *= 2.0;
  out[6] = s[0].m[1].z; out[7] = s[1].m[one].y; out[8] = (s[0].m + s[1].m)[one][0];
  let p = &s[one].m; (*p)[0].z = 8.0; out[9] = p[0].z;
  var k = mat2x2f(1.0, 2.0, 3.0, 4.0); grow(&k, one); out[10] = k[1].x; out[11] = k[1].y;
  let list = array(k, k * 2.0); out[12] = list[one][0].y;
}`,
      buffers: [new Float32Array(13)],
    });
    assert.deepEqual([...out], [1, 14, 13, 14, 5, 6, 6, 2, 3, 8, 9, 13, 4], space);
  }
});

Deno.test("the sides of a matrix product are computed from left to right", async () => {
  const [out] = await runKernel({
    code: `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
var<private> m: mat2x2f = mat2x2f(1.0, 2.0, 3.0, 4.0);
fn change() -> vec2f { m[0].x += 1.0; return vec2f(1.0, 1.0); }
@compute @workgroup_size(1) fn main() {
  out[0] = (m * change()).x; out[1] = (change() * m).x; m[0] = m[0] + change(); out[2] = m[0].x;
}`,
    buffers: [new Float32Array(3)],
  });
  assert.deepEqual([...out], [4, 5, 4]);
});
