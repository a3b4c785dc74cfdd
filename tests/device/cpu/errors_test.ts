import assert from "node:assert/strict";
import fc from "fast-check";
import { DeviceError } from "../../../lib/device/device.ts";
import { compile } from "../../../lib/device/cpu/mod.ts";

const main = (body: string, head = "") =>
  `${head}@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) {
${body}
}`;

/** A text, and what its error says. */
const FAULTS: [string, RegExp][] = [
  [
    main("  out[0] = 1;\n  out[0] = 2.0 +;"),
    /kernel\.wgsl:5:17: expected an expression but found ";"\n {4}out\[0\] = 2\.0 \+;\n {18}\^/,
  ],
  [main("out[0] = x;"), /:4:10: there is no x here/],
  [main("out[0] = 1u;"), /needs f32 but this is u32[^]*Convert it: f32\(…\)/],
  [main("out[0] = id.x * 2.0;"), /2 does not fit|needs|does not take/],
  [main("source[0] = 1.0;"), /read-only[^]*read_write/],
  [main("let a = 1.0; a = 2.0;"), /cannot be assigned to/],
  [main("var v = vec4f(1.0); v.xy = vec2f(2.0);"), /cannot be assigned to[^]*one at a time/],
  [main("out[0] = f16(1.0);"), /f16 is outside the subset[^]*pack2x16float/],
  [main("", "enable f16;\n"), /:1:8: the extension f16/],
  [main("out[0] = vec3f(1.0, 2.0).x;"), /3 components but gets 2/],
  [main("out[0] = sin(1u);"), /sin does not take u32/],
  [main("out[0] = pow(1.0);"), /pow takes 2 arguments but gets 1/],
  [main("var a: array<f32, 3>; out[0] = a[3];"), /index 3 is outside array<f32, 3>/],
  [main("out[0] = f();", "fn f() -> f32 { return f(); }\n"), /calls itself/],
  [main("out[0] = dpdx(1.0);"), /there is no function dpdx here/],
  [main("out[0] = (mat2x3f() * vec3f(1.0)).x;"), /\* does not take mat2x3<f32> and vec3<f32>[^]*columns of the left/],
  [main("out[0] = determinant(mat2x3f());"), /square matrix but gets mat2x3<f32>/],
  [main("let m = mat2x2f(1.0, 2.0, 3.0);"), /2 columns or 4 components, not from 3 parts/],
  [main("let m = mat2x2<i32>();"), /mat2x2<i32> does not exist/],
  [main("", "requires textures_of_the_future;\n"), /:1:10: the language feature textures_of_the_future is outside/],
  [main("let a = 007;"), /:4:9: a whole number does not start with 0/],
  [main("let a = 0x1p;"), /:4:9: 0x1p? is not a number|expected/],
  [main("let a = 1e39f;"), /1e39f does not fit into f32/],
  [main("break;"), /break outside a loop/],
  [main("out[0] = N;", "override N: f32;\n"), /override N has no value/],
  [main("/* no end"), /comment has no end/],
  [main("out[0] = 1.0; $"), /:4:15: expected WGSL but found "\$"/],
  [main("let a = 1; let a = 2;"), /declared twice/],
  [main("let from = 1;"), /:4:5: WGSL keeps the word "from" for itself[^]*Choose another name/],
  [main("", "fn pass() {}\n"), /"pass" for itself/],
  [main("", "struct S { class: u32 }\n"), /"class" for itself/],
  [main("", "@group(0) @binding(3) var t: texture_2d<f32>;\n"), /texture_2d is outside the subset/],
  [main("", "@group(0) @binding(3) var<uniform> u: array<f32, 4>;\n"), /16 bytes apart/],
  [
    main("out[0] = other[0] + source[0];", "@group(0) @binding(1) var<storage, read> other: array<f32>;\n"),
    /same binding/,
  ],
  [main("const_assert 1 > 2;"), /does not hold/],
  ["fn main() {}", /expected the entry point @compute fn main but found fn main[^]*looks like this: @compute/],
  ["", /:1:1: expected the entry point @compute fn main but found none/],
  ["@vertex fn main() -> @builtin(position) vec4f { return vec4f(); }", /but found @vertex fn main/],
  [
    "@compute @workgroup_size(1) fn a() {}\n@compute @workgroup_size(1) fn b() {}",
    /but found @compute fn a, @compute fn b[^]*Choose one with entry: "a" or "b"/,
  ],
  [
    "\u0000\u0001PNG",
    /:1:1: expected WGSL but found a character that cannot be printed\n {2}\uFFFD\uFFFDPNG[^]*WGSL file\?/,
  ],
  ["#version 450", /found "#"[^]*no preprocessor/],
  [main("out[0] = id.x > 1u ? 1.0 : 2.0;"), /found "\?"[^]*select\(no, yes, condition\)/],
  [main("  let a = 1.0\n  out[0] = a;"), /:4:14: expected ";" but found "out"\n {4}let a = 1\.0\n {15}\^/],
  [main("float x = 1.0;"), /:4:7: expected an assignment or a call but found "x"[^]*write var x = …; or let x/],
  [main("let a: float = 1.0;"), /there is no type float[^]*Write f32\./],
  [main("let a = uvec3(1u);"), /there is no function uvec3[^]*Write vec3u\./],
  [main("let a: bvec2 = vec2(true);"), /Write vec2<bool>\./],
  [main("out[0] = lerp(1.0, 2.0, 0.5);"), /Use mix\(a, b, t\)/],
  [main("out[0] = asb(1.0);"), /there is no function asb here[^]*Did you mean abs\?/],
  [main("out[0] = suorce[0];"), /there is no suorce here[^]*Did you mean source\?/],
  [main("out[0] = toString(1.0);"), /there is no function toString here/],
  [main("let a: constructor = 1.0;"), /there is no type constructor/],
  [main("let a = subgroupAdd(1.0);"), /Subgroups are outside the subset/],
  [
    main("", "fn f(x: f32) -> f32 { if (x > 1.0) { return 2.0; } }\n").replace("{\n\n}", "{ out[0] = f(1.0); }"),
    /f must return a f32/,
  ],
  [main("count = 1u;", "var<workgroup> count: atomic<u32>;\n"), /Write it with atomicStore/],
  [main("let n = count + 1u;", "var<workgroup> count: atomic<u32>;\n"), /does not take|atomicLoad/],
  [main("var a = 1.0; f(a);", "fn f(p: ptr<function, f32>) { *p = 1.0; }\n"), /Pass its address/],
  [main("", "@group(0) @binding(40) var<storage> q: array<f32>;\n"), /expected a binding of 0 to 31 but found 40/],
  [main("").replace("(1) fn", "(1, 1, 1, 1) fn"), /expected 1 to 3 workgroup sizes but found 4/],
  [main("").replace("workgroup_id", "workgroup_idx"), /but found workgroup_idx[^]*Did you mean workgroup_id\?/],
  [
    main("  if (source[id.x] > 0.0 && out[0] > 1.0) {\n    workgroupBarrier();\n  }").replace("(1) fn", "(4) fn"),
    /:5:5: a barrier stands under a condition/,
  ],
];

/** Places in texts with other line ends, tabs, wide letters and long lines. */
const PLACES: [string, string][] = [
  [
    main("  out[0] = 1.0;\n  out[0] = 1u;").replaceAll("\n", "\r\n"),
    "kernel.wgsl:5:12: M\n    out[0] = 1u;\n             ^",
  ],
  [main("  // one\n  out[0] = 1u;").replaceAll("\n", "\r"), "kernel.wgsl:5:12: M\n    out[0] = 1u;\n             ^"],
  [main("\t\tout[0] =\t1u;"), "kernel.wgsl:4:12: M\n  \t\tout[0] =\t1u;\n  \t\t        \t^"],
  [main("/* 🧩 */ out[0] = 1u;"), "kernel.wgsl:4:19: M\n  /* 🧩 */ out[0] = 1u;\n                   ^"],
  [`\uFEFF${main("").replace("vec3u", "vec3q")}`, "kernel.wgsl:3:64: there is no type vec3q"],
  [`\uFEFFx`, 'kernel.wgsl:1:1: expected a declaration but found "x"\n  x\n  ^'],
  [
    main(`out[0] = ${"1.0 + ".repeat(50)}1u${" + 1.0".repeat(50)};`),
    `kernel.wgsl:4:302: the operator + needs`,
  ],
];

Deno.test("errors name the file, the line, the column, and what to write instead", () => {
  for (const [code, message] of FAULTS) {
    assert.throws(() => compile({ name: "kernel", code }), (error: Error) => {
      assert.ok(error instanceof DeviceError, `${code}: ${error.stack}`);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("line, column and caret are right for every kind of line", () => {
  for (const [code, expected] of PLACES) {
    assert.throws(() => compile({ name: "kernel", code }), (error: Error) => {
      const text = error.message.replace("this variable needs f32 but this is u32", "M");
      assert.ok(text.startsWith(expected), `${JSON.stringify(text)}\ninstead of ${JSON.stringify(expected)}`);
      assert.ok(text.split("\n").every((line) => line.length < 220), "long lines are cut");
      return true;
    });
  }
});

Deno.test("what nests too deeply is refused, and what is merely long is not", () => {
  const deep = main(`out[0] = ${"(".repeat(50_000)}1.0${")".repeat(50_000)};`);
  assert.throws(() => compile({ name: "kernel", code: deep }), (error: Error) => {
    return error instanceof DeviceError && /kernel\.wgsl: expected at most .* levels/.test(error.message);
  });
  const terms = Array.from({ length: 1000 }, (_, i) => `source[${i}]`).join(" + ");
  assert.ok(WebAssembly.validate(compile({ name: "kernel", code: main(`out[0] = ${terms};`) }).wasm));
});

Deno.test("a kernel whose calls branch too many levels deep is refused, not handed to the engine", () => {
  let functions = "fn f0(x: f32) -> f32 { var a: array<f32, 96>; a[5] = x; return a[7]; }\n";
  for (let i = 1; i <= 2; i++) {
    const calls = Array.from({ length: 24 }, (_, k) => `f${i - 1}(x + ${k}.0)`);
    functions += `fn f${i}(x: f32) -> f32 { return ${calls.join(" + ")}; }\n`;
  }
  assert.throws(
    () => compile({ name: "kernel", code: main("out[0] = f2(source[0]);", functions) }),
    (e: Error) => e instanceof DeviceError && /too large once every function is written out/.test(e.message),
  );
});

Deno.test("constants must be overrides of the kernel and of the right kind", () => {
  const code = main("out[0] = f32(N);", "override N: u32;\n");
  assert.throws(
    () => compile({ name: "kernel", code }, { M: 1, N: 1 }),
    /constant M has no override in this kernel; it has N/,
  );
  assert.throws(() => compile({ name: "kernel", code }, { N: 1.5 }), /u32, but its value is 1.5/);
  assert.throws(
    () => compile({ name: "kernel", code }, { N: NaN }),
    /constant N: expected a finite number but found NaN/,
  );
  const float = main("out[0] = toString;", "override toString: f32;\n");
  assert.throws(() => compile({ name: "kernel", code: float }), /the override toString has no value/);
  assert.throws(() => compile({ name: "kernel", code: float }, { toString: 1e39 } as never), /cannot hold 1e\+39/);
});

Deno.test("damaged text gives a DeviceError, never anything else (property, 3,000 mutations)", () => {
  const good = main(
    "var s = 0.0; for (var i = 0u; i < 4u; i++) { if (i > 2u) { break; } s += source[i] * vec4f(1.0).x; } out[id.x] = max(s, 2.0);",
    "struct S { a: f32, b: array<vec2<u32>, 3> }\nfn f(x: ptr<function, f32>) -> f32 { return *x; }\n",
  );
  const pieces = [
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    ";",
    "vec4",
    "1",
    "-",
    "fn",
    "let",
    "var",
    "@",
    "array",
    "*",
    "&",
    ".",
    "=",
    "loop",
    "\u0000",
    "é",
  ];
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(30), fc.constantFrom("", ...pieces), (at, count, piece) => {
      const code = good.slice(0, at) + piece + good.slice(at + count);
      try {
        WebAssembly.validate(compile({ name: "mutant", code }).wasm) || assert.fail("not valid WebAssembly");
      } catch (error) {
        assert.ok(error instanceof DeviceError, `${(error as Error).stack}\n${code}`);
      }
    }),
    { numRuns: 3000, seed: 5 },
  );
});
