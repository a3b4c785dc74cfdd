import type { Tensor } from "./tensor.ts";

/** The tensor whose memory this one shares: itself, unless it is a reshaped view. */
export function rootOf(tensor: Tensor): Tensor {
  let root = tensor;
  while (root.node?.operation.alias) root = root.node.inputs[0];
  return root;
}
