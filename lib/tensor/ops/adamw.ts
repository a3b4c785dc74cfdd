import page from "../../../kernels/adamw.wgsl" with { type: "text" };
import { flatGrid } from "../grid.ts";
import { emit, type Operation, trafficBytes } from "../node.ts";
import type { Tensor } from "../tensor.ts";

/** Settings of AdamW; PyTorch's names and defaults. */
export interface AdamWSettings {
  /** Decay of the first moment. */
  readonly beta1: number;
  /** Decay of the second moment. */
  readonly beta2: number;
  /** Added to the root of the second moment. */
  readonly epsilon: number;
  /** Share of the learning rate by which every parameter shrinks. */
  readonly weightDecay: number;
  /** Largest global gradient norm; 0 for no clipping. */
  readonly clipNorm: number;
}

const update: Operation<AdamWSettings> = {
  name: "adamw",
  writes: [0, 1, 2],
  lower(node, device) {
    const { beta1, beta2, epsilon, weightDecay, clipNorm } = node.attributes;
    const count = node.inputs[0].size / 4, each = device.kind === "cpu" ? 256 : 1;
    const { grid, workgroup } = flatGrid(Math.ceil(count / each), device.limits, each > 1 ? 1 : undefined);
    return [{
      source: { name: "adamw", code: page },
      constants: {
        COUNT: count,
        BETA1: beta1,
        BETA2: beta2,
        REST1: 1 - beta1,
        REST2: 1 - beta2,
        LN1: beta1 === 0 ? -100 : Math.log(beta1),
        LN2: beta2 === 0 ? -100 : Math.log(beta2),
        EPSILON: epsilon,
        DECAY: weightDecay,
        CLIP: clipNorm,
        GROUP: workgroup,
        EACH: each,
      },
      bind: node.inputs,
      grid,
    }];
  },
  cost: (node) => ({ flops: 16 * node.inputs[0].size, bytes: trafficBytes(node) + 12 * node.inputs[0].size }),
};

/**
 * One AdamW step over flat memory, in place: parameters, first and second moment, all of one size (a multiple of 4).
 *
 * @param normSquared [] squared global norm of the gradients, for clipping
 * @param step u32 []: number of this step, from 1
 * @param rate []: learning rate
 */
export function adamW(
  state: { parameters: Tensor; first: Tensor; second: Tensor },
  { gradients, normSquared, step, rate }: { gradients: Tensor; normSquared: Tensor; step: Tensor; rate: Tensor },
  settings: AdamWSettings,
): void {
  emit(update, [state.parameters, state.first, state.second, gradients, normSquared, step, rate], [], settings);
}
