// composed stand-in
import type { Tensor } from "../tensor.ts";
import { equal, multiply, negate, where } from "./arithmetic.ts";
import { cast } from "./create.ts";
import { map } from "./elementwise.ts";
import { exp } from "./math.ts";
import { max, sum } from "./reduce.ts";
import { logSoftmax } from "./softmax.ts";
import { broadcastTo } from "./movement.ts";
import { reshape } from "./view.ts";
const iota = (shape: readonly number[]) => map("iota", (w) => w === 4 ? `I(vec4<u32>(i, i+1u, i+2u, i+3u) % ${shape.at(-1)}u)` : `I(i % ${shape.at(-1)}u)`, [], shape, "i32");
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const hot = equal(iota(logits.shape), reshape(targets, [...targets.shape, 1]));
  return negate(sum(multiply(logSoftmax(logits), hot), [-1]));
}
export function entropyBits(logits: Tensor): Tensor {
  const l = logSoftmax(logits);
  return multiply(negate(sum(multiply(l, exp(l)), [-1])), 1 / Math.log(2));
}
export function argmax(x: Tensor): Tensor {
  const top = reshape(max(x, [-1]), [...x.shape.slice(0, -1), 1]);
  const index = where(equal(x, broadcastTo(top, x.shape)), cast(iota(x.shape), "f32"), map("far", "F(1e9)", [], x.shape, "f32"));
  return cast(negate(max(negate(index), [-1])), "i32");
}
