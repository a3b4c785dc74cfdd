/** Tensors, gradients and programs. */
export { type HostArray, type HostLeaf, type HostOf, type Result } from "./arguments.ts";
export { ShapeError } from "./errors.ts";
export { gradients } from "./gradients.ts";
export { type AnyNode, type Call, type Cost, emit, Node, type Operation, Scratch } from "./node.ts";
export { compile, type Estimate, type KernelProfile, Program } from "./program.ts";
export { type DType, elements, formatShape, rowMajorStrides, sameShape, type Shape, storageBytes } from "./shape.ts";
export { type HostData, type Storage, Tensor, tensor, windowOf, zeros } from "./tensor.ts";
export { activate, type Activation, gelu, relu, sigmoid, silu, tanh } from "./ops/activations.ts";
export { adamW, type AdamWSettings } from "./ops/adamw.ts";
export {
  add,
  divide,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  multiply,
  negate,
  notEqual,
  type Operand,
  subtract,
  where,
} from "./ops/arithmetic.ts";
export { assign } from "./ops/assign.ts";
export { attention, type AttentionOptions, attentionPacked } from "./ops/attention.ts";
export { categorical } from "./ops/categorical.ts";
export { conv2d, type Conv2dOptions, convTranspose2d } from "./ops/conv2d.ts";
export { cast, full } from "./ops/create.ts";
export { argmax } from "./ops/argmax.ts";
export { crossEntropy, entropyBits } from "./ops/cross_entropy.ts";
export { gatherFrames } from "./ops/gather_frames.ts";
export { gatherRows } from "./ops/gather_rows.ts";
export { groupNorm } from "./ops/group_norm.ts";
export { addHistogram, addTransitionCounts, histogram, transitionCounts } from "./ops/histogram.ts";
export { layerNorm } from "./ops/layer_norm.ts";
export { abs, clip, exp, log, sqrt, square } from "./ops/math.ts";
export { matmul, type MatmulOptions } from "./ops/matmul.ts";
export { broadcastTo, concat, pad, permute, slice } from "./ops/movement.ts";
export { nearestCode } from "./ops/nearest_code.ts";
export { oneHot } from "./ops/one_hot.ts";
export { dropout, dropoutMask, normal, RandomCounter, uniform } from "./ops/random.ts";
export { max, mean, sum, sumOfSquares } from "./ops/reduce.ts";
export { resetCodes } from "./ops/reset_codes.ts";
export { segmentSum } from "./ops/segment_sum.ts";
export { logSoftmax, softmax } from "./ops/softmax.ts";
export { topK } from "./ops/top_k.ts";
export { unpackBytes } from "./ops/unpack_bytes.ts";
export { reshape, stopGradient, straightThrough } from "./ops/view.ts";
