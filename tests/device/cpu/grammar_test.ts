/** The grammar of WGSL, rule by rule: every text runs, and gives the written values. */
import assert from "node:assert/strict";
import { compile, openCpuDevice } from "../../../lib/device/cpu/mod.ts";
import { runKernel } from "./harness.ts";

const HEAD = "@group(0) @binding(0) var<storage, read_write> out: array<f32>;\n";

/** What the statements leave in `out`; `n` is 1, known only at run time. `head` stands outside of functions. */
async function values(body: string, count: number, head = "", constants?: Record<string, number>): Promise<number[]> {
  const main = `@compute @workgroup_size(1) fn main(@builtin(num_workgroups) groups: vec3u) { var n = i32(groups.x);\n`;
  const code = `${head}\n${HEAD}${main}${body}\n}`;
  return [...(await runKernel<Float32Array>({ code, buffers: [new Float32Array(count)], constants }))[0]];
}

Deno.test("literals: decimal, hexadecimal, whole and with a fraction", async () => {
  const body = `
    out[0] = 0x1p3; out[1] = 0x1.8p1f; out[2] = 0x.8p0; out[3] = 0xAp-1; out[4] = f32(0xfF) + f32(0XAu);
    out[5] = 0x1.8; out[6] = 1e3f; out[7] = .5; out[8] = 1.; out[9] = 1.e2; out[10] = 3f; out[11] = 0x1.fffffep+127;
    out[12] = f32(0x7fffffffi); out[13] = f32(-2147483648); out[14] = 012.5; out[15] = 0x1p-149; out[16] = f32(0);`;
  assert.deepEqual(await values(body, 17), [
    ...[8, 3, 0.5, 5, 265, 1.5, 1000, 0.5, 1, 100, 3],
    ...[3.4028234663852886e38, 2147483648, -2147483648, 12.5, 1.401298464324817e-45, 0],
  ]);
});

Deno.test("comments nest, lines end in seven ways, and names may be written in any script", async () => {
  const body =
    "/* a /* b */ c */ out[0] = 1; // to the end\u2028 out[1] = 2; // and \u0085out[2] = 3; //\r out[3] = 4; " +
    "\u200e let größe = 5.0; let Δ = größe + 1; let 数 = Δ + 1; out[4] = 数; /**/";
  assert.deepEqual(await values(body, 5), [1, 2, 3, 4, 7]);
});

Deno.test("< and > around template arguments are told from comparisons and shifts", async () => {
  const body = `
    var a: array<vec4<f32>,4>=array<vec4<f32>,4>(); var b: array<array<i32,2>,(K>1) >; var c: array<i32,K << 1>;
    var d: array<i32, K+1,>; var e: array<array<vec2<i32>,2>,2>=array<array<vec2<i32>,2>,2>();
    c[3] = 5; d[2] = 7; out[0] = f32(c[n + 2] + d[n + 1]) + a[n].x + f32(e[n][0].x + b[0][n]);
    n = 9; n>>=1; out[1] = f32(n); n = n>>1; out[2] = f32(n>=2) + f32(n>-1) + f32(n<3); out[3] = f32(n<<3u) + f32(8>>1u);
    if (n<K && 3>n) { out[4] = 1; } else { out[4] = 2; } let v=vec2<bool>(n<3, n>=2); out[5] = f32(all(v));`;
  const found = await values(body.replace("(K>1) >", "K - 1>"), 6, "const K = 2;");
  assert.deepEqual(found, [12, 4, 3, 20, 2, 1]);
});

Deno.test("declarations: any order, aliases, overrides, expressions in attributes", async () => {
  const head = `
diagnostic(off, derivative_uniformity);
requires unrestricted_pointer_parameters, packed_4x8_integer_dot_product,;
const_assert B == 3; const_assert (A < B);;
const B = A + 2; const A = 1; const C: vec3f = vec3(B); @id(A + 6) override O = 4; override P: i32 = i32(O) * 2; override Q = P + 1;
var<private> p: i32 = P; var<private> list = array(1, 2, 3); var<workgroup> w: array<f32, O * 2 + 1>;
alias M = array<vec2<f32>, B>; alias float = f32;
struct S { @align(32) a: float, @size(A * 48) b: vec3<f32>, c: i32, }; const S1 = S(1, vec3(2), 3);
struct T { x: i32, s: array<S, 2>, y: f32 }; var<workgroup> t: array<T, 2>;
@must_use fn g(a: i32,) -> i32 { @diagnostic(warning, derivative_uniformity) if (a > 1) @diagnostic(off, a.b) { return 1; } return 2; }
@fragment fn paint() -> @location(0) vec4f { discard; }
`;
  const body = `
    out[0] = f32(B) + C.y; out[1] = f32(P + Q); w[n + 11] = 3; out[2] = w[12]; var m: M; m[2].y = 4; out[3] = m[n + 1].y;
    out[4] = f32(p + list[1]); out[5] = S1.b.z; out[6] = f32(S().c + S1.c);
    t[n].s[n].c = 5; t[n].y = 6; t[0] = t[n]; out[7] = f32(t[0].s[1].c) + t[0].y; out[8] = f32(g(n) + g(n + 1));`;
  assert.deepEqual(await values(body, 9, head, { "7": 6 }), [6, 25, 3, 4, 14, 2, 3, 11, 3]);
});

Deno.test("sizes and alignments of a struct count in arrays of it", () => {
  const size = (members: string) =>
    compile({
      name: "size",
      code: `struct S { ${members} } @group(0) @binding(0) var<storage, read_write> x: array<S, 2>;
        @compute @workgroup_size(1) fn main() { _ = x[0]; }`,
    }).bindings[0].minBytes;
  assert.equal(size("a: f32, b: f32"), 16);
  assert.equal(size("a: f32, @size(20) b: f32"), 48);
  assert.equal(size("@align(32) a: f32, b: f32"), 64);
  assert.equal(size("a: vec3f, b: f32, m: mat3x3f, k: mat2x2f"), 160);
});

Deno.test("shadowing: blocks, loops, builtins and predeclared types", async () => {
  const head =
    `fn mix(a: f32, b: f32) -> f32 { return a * 10 + b; } fn length(p: ptr<function, f32>) { *p += 1; } alias vec2f = vec3<f32>;`;
  const body = `
    let a = 1; { let a = 2.0; out[0] = a; { var a = vec3f(3); out[1] = a.y; } } out[2] = f32(a);
    for (var a = 5; a < 6; a++) { out[3] = f32(a); let n = 3; out[4] = f32(n); var a = 8; out[5] = f32(a); }
    var x = mix(1, 2); length(&x); out[6] = x; let max = 3.0; out[7] = max; out[8] = vec2f(1, 2, 3).z;`;
  assert.deepEqual(await values(body, 9, head), [2, 3, 1, 5, 3, 8, 13, 3, 3]);
});

Deno.test("switch: lists with default among them, break, and continue of the loop around", async () => {
  // WGSL allows `default` anywhere in a list of cases.
  const body = `
    for (var i = 0; i < 6; i++) {
      switch i @diagnostic(off, a) { case 1, default, 2 { out[i] = 1; } case 3, 4,: { if (i == 4) { continue; } out[i] = 2; break; } case (5): { out[i] = 3; } }
      out[i] += 10;
    }
    switch u32(n) { case 1u: { out[6] = 1.0; } default: {} } switch (n) { default { out[7] = 2; } }`;
  assert.deepEqual(await values(body, 8), [11, 11, 11, 12, 0, 13, 1, 2]);
});

Deno.test("loops: continuing sees the body, break if ends it, continue goes to it", async () => {
  const body = `
    var i = 0; loop { let k = i; if (i == 2) { out[5] = 3; continue; } out[i] = f32(k + 1); continuing { i = k + 1; break if i >= 4; } }
    loop { i--; continuing @diagnostic(off, a) { i--; break if (i < 0); } } out[6] = f32(i);
    while true { i++; if i > 10 { break; } } out[7] = f32(i); for (;;) { i++; if (i == 15) { break; } } out[8] = f32(i);
    for (; i < 20; i += 3) { } out[9] = f32(i); ; ; { } loop { break; }`;
  assert.deepEqual(await values(body, 10), [1, 2, 0, 4, 0, 3, -2, 11, 15, 21]);
});

Deno.test("assignments: to nothing, compound, to components; increments", async () => {
  const body = `
    _ = &out; _ = n; _ = out[0]; _ = array<f32, 3>(1, 2, 3); _ = vec3(1, 2, 3);
    var v = vec4f(1, 2, 3, 4); v.y += 2; v[n + 1] *= 3; v *= 2.0; v -= vec4f(1); v.w = -v.w; v.r = v.a;
    out[0] = v.x; out[1] = v.g; out[2] = v.z; out[3] = v.w;
    var a: array<vec2i, 2>; a[n].y += 3; a[n - 1].x -= 4; a[n].y++; a[n].y--; out[4] = f32(a[1].y * 10 + a[0].x);
    var u = 7u; u %= 4u; u <<= 2u; u |= 1u; u ^= 3u; u &= 14u; u /= 3u; u >>= 1u; out[5] = f32(u);
    var b = true; b &= n == 2; b |= n == 1; out[6] = f32(b);`;
  assert.deepEqual(await values(body, 7), [-7, 7, 17, -7, 26, 2, 1]);
});

Deno.test("pointers: to elements and members, in every space, with the index they were made with", async () => {
  const head = `
struct In { v: vec3f, n: array<i32, 3> } struct Out { a: In, b: array<In, 2> }
var<workgroup> w: Out; var<private> q: Out;
fn add(p: ptr<workgroup, In>, i: i32) -> i32 { p.n[i] += 2; (*p).v.y = 3; let r = &p.n; r[i]++; return (*r)[i]; }
fn local(p: ptr<function, In>, i: i32) -> i32 { p.n[i] += 2; let r = &(*p).n[i]; *r *= 2; return *r; }
fn inc(p: ptr<private, i32>) { *p += 1; }`;
  // naga refuses pointers into workgroup memory as arguments; WGSL allows them since unrestricted_pointer_parameters.
  const body = `
    out[0] = f32(add(&w.b[n], n + 1)); out[1] = f32(w.b[1].n[2]) + w.b[1].v.y;
    var f: Out; out[2] = f32(local(&f.b[n], n)); out[3] = f32(f.b[1].n[1]); inc(&q.b[n].n[1]); inc(&q.b[1].n[n]); out[4] = f32(q.b[1].n[1]);
    var a: array<i32, 4>; let p = &a[n]; n = 3; *p = 7; (*p)++; *p <<= 2u; out[5] = f32(a[1] + a[n] * 100);
    let all = &a; out[6] = f32((*all)[1] + all[n]); let same = &*p; *same = 1; out[7] = f32(a[1]);`;
  assert.deepEqual(await values(body, 8, head), [3, 6, 4, 4, 2, 32, 32, 1]);
});

Deno.test("a pointer keeps its index in unchecked code too", async () => {
  using device = await openCpuDevice({ threads: 1, unchecked: () => true });
  const code = `${HEAD}
fn set_later(p: ptr<private, f32>, i: ptr<function, u32>) { *i += 1u; *p = 5.0; }
var<private> list: array<f32, 4>;
@compute @workgroup_size(1) fn main(@builtin(num_workgroups) groups: vec3u) {
  var n = groups.x; var a: array<f32, 4>;
  let p = &a[n]; n += 2u; *p = 7.0; set_later(&list[n], &n);
  for (var i = 0u; i < 4u; i++) { out[i] = a[i] + list[i]; }
}`;
  assert.deepEqual([...(await runKernel({ code, buffers: [new Float32Array(4)], device }))[0]], [0, 7, 0, 5]);
});

Deno.test("constructors find their types, and abstract numbers become what is needed", async () => {
  const body = `
    let a = vec3(1, 2, 3); let b = vec3(1, 2.0, 3); let c = array(1, 2, 3); let d = array(1, 2.5); let e = array(vec2(1, 2), vec2(3.5, 4));
    out[0] = f32(a.x) + b.y + f32(c[n]) + d[n] + e[n].x; let f = vec3(); out[1] = f32(f.x); let v: vec3f = vec3(1); out[2] = v.z;
    let w = vec2(vec2(1u, 2u)); out[3] = f32(w.y); let nest = array(array(1, 2), array(3, 4)); out[4] = f32(nest[n][n - 1]);
    const g = vec2(1, 2) * 3; out[5] = f32(g[n]); out[6] = g.x; out[7] = 1 / 3.0 + 7 / 2; out[8] = f32(-7 % 3 + (1 << 40 >> 39));
    let s = select(1, 2.5, n == 1); out[9] = s; out[10] = f32(vec4(vec2(1, 2), 3, 4).w); out[11] = f32(u32(-1.5 * f32(-n)) + u32(true));
    out[12] = vec2<f32>(vec2(n, 3)).y; out[13] = f32(bool(n)); out[14] = f32(1u - 0x1u) + f32(i32(4294967295u)); out[15] = max(1, 2.5) + clamp(5, 1.5, 3);`;
  const third = Math.fround(1 / 3 + 3);
  assert.deepEqual(await values(body, 16), [11, 0, 1, 2, 3, 6, 3, third, 1, 2.5, 4, 2, 3, 1, -1, 5.5]);
});

Deno.test("values of any size: copied, passed, returned, and as constants", async () => {
  const table = Array.from({ length: 400 }, (_, i) => i * i).join(", ");
  const head = `
const T = array<i32, 400>(${table});
struct Big { a: array<f32, 300>, k: i32, v: array<vec2<bool>, 200> } var<private> g: Big; var<workgroup> w: array<Big, 2>;
fn make(x: f32) -> Big { var b: Big; for (var i = 0; i < 300; i++) { b.a[i] = x + f32(i); } b.k = 7; b.v[3].y = true; return b; }
fn pick(b: Big, i: i32) -> f32 { if (b.v[i].y) { return b.a[i]; } return -b.a[i]; }
fn either(b: Big, f: bool) -> Big { if (f) { return b; } var c = b; c.a[0] = 1000; return c; }
fn change(b: Big) -> f32 { g.a[1] = 77; return b.a[1]; }`;
  const body = `
    g = make(0.5); let l = g; g.a[3] = 100; out[0] = l.a[n + 2]; out[1] = pick(g, n + 2); out[2] = pick(l, 4);
    var c = l; c.a[n] = 8; out[3] = c.a[1] + l.a[1]; w[n] = c; w[0] = w[n]; out[4] = w[0].a[1] + f32(w[1].k);
    c = either(w[n], n == 2); out[5] = c.a[0]; out[6] = either(c, true).a[n + 4]; out[7] = change(g); out[8] = g.a[1];
    g = Big(); out[9] = g.a[4]; g = Big(c.a, 5, l.v); out[10] = g.a[n] + f32(g.k) + f32(g.v[n + 2].y); let q = l.a; out[11] = q[n + 8];
    var a = T; a[n] = 4; let old = a; a[n] = 100; out[12] = f32(a[1] + old[n] + T[n + 19] + a[n + 398]); _ = a; _ = w;`;
  assert.deepEqual(await values(body, 13, head), [
    ...[3.5, 100, -4.5, 9.5, 15, 1000, 5.5, 1.5, 77, 0, 14, 9.5],
    100 + 4 + 400 + 159201,
  ]);
});
