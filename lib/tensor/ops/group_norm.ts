import type { Device } from "../../device/device.ts";
import page from "../../../kernels/group_norm.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { type Call, emit, type Node, type Operation, Scratch, trafficBytes } from "../node.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expectNormParameters } from "./layer_norm.ts";
import { expectFloats, foldParts, lanes, partsFor, rowPage, rowWalk, sourceOf } from "./rows.ts";

const pages = rowPage("group_norm", page);

interface GroupNorm {
  readonly batch: number;
  /** Pixels of one picture. */
  readonly places: number;
  readonly groups: number;
  /** Channels of one group. */
  readonly width: number;
  readonly epsilon: number;
}

/** x, scale, shift → y, moments [batch · groups, 2]. */
const forward: Operation<GroupNorm> = {
  name: "groupNorm",
  lower(node, device) {
    const [x, scale, shift] = node.inputs,
      [y, moments] = node.outputs,
      { batch, places, groups, width } = node.attributes;
    const walk = rowWalk("moments_of", batch * groups, places * width, device);
    return [
      { ...call(walk.entry, node, device, 1, [x, moments], walk.group), grid: walk.grid },
      call("apply", node, device, x.size / lanes(width), [x, moments, scale, shift, y]),
    ];
  },
  gradient(node, [g]) {
    const [x, scale] = node.inputs, like = ({ shape }: Tensor) => ({ shape, dtype: x.dtype });
    return [...emit(backward, [x, scale, g!, node.outputs[1]], [x, scale, scale].map(like), node.attributes)];
  },
  cost: (node) => ({ flops: 8 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

/** x, scale, g, moments → dx, dscale, dshift. All three rest on the sums over the places of each picture. */
const backward: Operation<GroupNorm> = {
  name: "groupNormGradient",
  lower(node, device) {
    const [x, scale, g, moments] = node.inputs, [dx, ...parameterGradients] = node.outputs;
    const { batch, places, groups, width } = node.attributes, channels = groups * width, by = lanes(width);
    const parts = partsFor(places, batch * channels / by, device);
    const scratch = (count: number, label: string) => new Scratch(count * 4, label);
    const sums = ["sums of g·x̂", "sums of g"].map((label) => scratch(batch * channels, label));
    const partial = parts === 1 ? sums : sums.map(({ label }) => scratch(batch * parts * channels, `partial ${label}`));
    const means = scratch(2 * batch * groups, "means of g");
    const columns = call(
      "columns",
      node,
      device,
      batch * parts * channels / by,
      [x, moments, x, g, partial[0], means, partial[1]],
    );
    return [
      { ...columns, constants: { ...columns.constants, CHUNKS: parts } },
      ...(parts === 1
        ? []
        : partial.map((from, i) => foldParts(from, sums[i], { outer: batch, parts, length: channels }, device))),
      call("means_of", node, device, batch * groups, [sums[0], moments, scale, sums[1], dx, means]),
      call("backward", node, device, x.size / by, [x, moments, scale, g, dx, means]),
      ...parameterGradients.map((to, i) =>
        foldParts(sums[i], to, { outer: 1, parts: batch, length: channels }, device)
      ),
    ];
  },
  cost: (node) => ({ flops: 13 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

function call(
  entry: string,
  { attributes: { batch, places, groups, width, epsilon } }: Node<GroupNorm>,
  device: Device,
  invocations: number,
  bind: readonly (Tensor | Scratch)[],
  group?: number,
): Call {
  const by = lanes(width), { grid, workgroup } = flatGrid(invocations, device.limits);
  return {
    source: sourceOf(pages, by, entry),
    constants: {
      BATCH: batch,
      PLACES: places,
      GROUPS: groups,
      LENGTH: width / by,
      WIDTH: by,
      EPSILON: epsilon,
      GROUP: group ?? workgroup,
    },
    bind,
    grid,
  };
}

/**
 * Groups of neighbouring channels moved to mean 0 and variance 1 over each picture, then scaled and shifted per channel
 * (Wu & He 2018).
 *
 * @param x [B, H, W, C] f32; any number of axes between the first and the last
 * @param groups how many; divides C
 * @param scale [C]
 * @param shift [C]
 * @param epsilon added to the variance
 * @returns [B, H, W, C]
 */
export function groupNorm(x: Tensor, groups: number, scale: Tensor, shift: Tensor, epsilon = 1e-5): Tensor {
  expectFloats(x, "groupNorm");
  expectShape(x.rank >= 2, "groupNorm", () => `expected x [B, H, W, C], but found ${formatShape(x.shape)}`);
  expectNormParameters("groupNorm", x, scale, shift, epsilon);
  const batch = x.shape[0], channels = x.shape.at(-1)!;
  expectShape(
    Number.isInteger(groups) && groups >= 1 && channels % groups === 0,
    "groupNorm",
    () =>
      `expected a number of groups that divides ${channels} channels of ${formatShape(x.shape)}, but found ${groups}`,
  );
  return emit(
    forward,
    [x, scale, shift],
    [{ shape: x.shape, dtype: "f32" }, { shape: [batch * groups, 2], dtype: "f32" }],
    { batch, places: x.size / batch / channels, groups, width: channels / groups, epsilon },
  )[0];
}
