/** Layers: parameters and forward functions. */
export { BatchNorm } from "./batch_norm.ts";
export { Conv2d, ConvTranspose2d, type Window } from "./conv2d.ts";
export { Embedding } from "./embedding.ts";
export { constant, fanIn, glorot, normalWith, uniformIn } from "./initialise.ts";
export { LayerNorm } from "./layer_norm.ts";
export { Linear } from "./linear.ts";
export { type Initialiser, Parameters } from "./parameters.ts";
export { type BlockSettings, TransformerBlock } from "./transformer_block.ts";
export { type Quantised, VectorQuantizer } from "./vector_quantizer.ts";
