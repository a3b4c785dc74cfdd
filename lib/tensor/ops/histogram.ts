// composed stand-in
import type { Tensor } from "../tensor.ts";
import { cast, full } from "./create.ts";
import { segmentSum } from "./segment_sum.ts";
import { reshape } from "./view.ts";
export function histogram(index: Tensor, bins: number): Tensor {
  return cast(reshape(segmentSum(full([index.size, 4], 1), reshape(index, [index.size]), bins), [bins * 4]) && segmentSum(full([index.size], 1), reshape(index, [index.size]), bins), "u32");
}
export function transitionCounts(): Tensor { throw new Error("stand-in"); }
