/**
 * The references that operations are tested against: plain loops in float64, forward and backward, one topic per file.
 * Pictures are [B, H, W, C]. Gradient functions take the inputs and the gradient `dy` of the output.
 */
export * from "./float64/activations.ts";
export * from "./float64/attention.ts";
export * from "./float64/conv2d.ts";
export * from "./float64/indexing.ts";
export * from "./float64/losses.ts";
export * from "./float64/matmul.ts";
export * from "./float64/nd.ts";
export * from "./float64/normalise.ts";
export * from "./float64/optimizer.ts";
export * from "./float64/philox.ts";
export * from "./float64/reductions.ts";
