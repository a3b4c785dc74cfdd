import page from "../../../kernels/nearest_code.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { emit, type Operation, trafficBytes } from "../node.ts";
import { pageOf } from "../page.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./view.ts";

const nearest: Operation<null> = {
  name: "nearest code",
  lower(node, device) {
    const [tokens, codes] = node.inputs, [count, depth] = tokens.shape, by = depth % 4 === 0 ? 4 : 1;
    const pages = pageOf(
      `nearest_code ${depth}`,
      page,
      (text, width) =>
        text.replace("const DEPTH = 1u;", `const DEPTH = ${depth / width}u;`)
          .replace("return x * x;", width === 4 ? "return dot(x, x);" : "return x * x;"),
    );
    const { grid, workgroup } = flatGrid(count, device.limits);
    return [{
      source: by === 4 ? pages.vector : pages.scalar,
      constants: { TOKENS: count, CODES: codes.shape[0], GROUP: workgroup },
      bind: [tokens, codes, node.outputs[0]],
      grid,
    }];
  },
  gradient: () => [null, null],
  cost: (node) => ({ flops: 3 * node.inputs[0].size * node.inputs[1].shape[0], bytes: trafficBytes(node) }),
};

/**
 * Index of the nearest code by Euclidean distance, the lowest on ties. No gradient.
 *
 * @param tokens [..., depth]
 * @param codebook [codes, depth]
 * @returns i32 [...]
 */
export function nearestCode(tokens: Tensor, codebook: Tensor): Tensor {
  const depth = tokens.shape.at(-1);
  expectShape(
    tokens.rank >= 1 && codebook.rank === 2 && codebook.shape[1] === depth && tokens.dtype === "f32" &&
      codebook.dtype === "f32",
    "nearestCode",
    () =>
      "expected f32 tokens [..., depth] and a codebook [codes, depth], but found " +
      [tokens, codebook].map((t) => `${t.dtype} ${formatShape(t.shape)}`).join(" and "),
  );
  const count = tokens.size / depth!;
  const [out] = emit(nearest, [reshape(tokens, [count, depth!]), codebook], [{ shape: [count], dtype: "i32" }], null);
  return reshape(out, tokens.shape.slice(0, -1));
}
