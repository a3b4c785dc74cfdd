import page from "../../../kernels/reset_codes.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { emit, type Operation, trafficBytes } from "../node.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

const reset: Operation<{ least: number }> = {
  name: "reset codes",
  writes: [0, 1, 2],
  lower(node, device) {
    const [codebook, , , , tokens, pick] = node.inputs, [codes, depth] = codebook.shape;
    const { grid, workgroup } = flatGrid(codes, device.limits);
    return [{
      source: { name: "reset_codes", code: page },
      constants: {
        CODES: codes,
        DEPTH: depth,
        TOKENS: tokens.shape[0],
        MOST: pick.size,
        LEAST: node.attributes.least,
        GROUP: workgroup,
      },
      bind: node.inputs,
      grid,
    }];
  },
  cost: (node) => ({ flops: 0, bytes: trafficBytes(node) }),
};

/**
 * Re-seeds dead codes, in ascending order, with tokens (spec 1 §5). Changes codebook, count and sum in place.
 *
 * @param state codebook [K, D], EMA count [K], EMA sum [K, D]
 * @param usage [K]; a code is dead if it was used fewer than `least` times
 * @param tokens [M, D]
 * @param pick i32 [n]: the token for the j-th dead code; at most n codes are reset
 * @param noise [n, D], added to the tokens
 */
export function resetCodes(
  state: { codebook: Tensor; count: Tensor; sum: Tensor },
  { usage, tokens, pick, noise, least }: { usage: Tensor; tokens: Tensor; pick: Tensor; noise: Tensor; least: number },
): void {
  const [codes, depth] = state.codebook.shape;
  expectShape(
    tokens.rank === 2 && tokens.shape[1] === depth && noise.shape[0] === pick.size && noise.shape[1] === depth &&
      usage.size === codes && pick.dtype === "i32",
    "resetCodes",
    () =>
      `expected tokens [M, ${depth}], pick i32 [n], noise [n, ${depth}] and usage [${codes}], but found ` +
      [tokens, pick, noise, usage].map((t) => `${t.dtype} ${formatShape(t.shape)}`).join(", "),
  );
  emit(reset, [state.codebook, state.count, state.sum, usage, tokens, pick, noise], [], { least });
}
