import type { Device } from "../../device/device.ts";
import { expectShape } from "../errors.ts";
import { emit, type Node, type Operation, trafficBytes } from "../node.ts";
import { elements, formatShape, sameShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { activate, type Activation, activationGradient, epilogue } from "./activations.ts";
import { planMatmul } from "./matmul_plan.ts";
import { boundCalls } from "./planned.ts";
import { sum } from "./reduce.ts";
import { reshape } from "./view.ts";

/** Settings of a matrix product. */
export interface MatmulOptions {
  /** a is stored [..., K, M]. */
  readonly transposeA?: boolean;
  /** b is stored [..., N, K]. */
  readonly transposeB?: boolean;
  /** [N], added to every row. */
  readonly bias?: Tensor | null;
  /** Applied last. */
  readonly activation?: Activation;
}

interface Matmul {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation: Activation;
}

const operation: Operation<Matmul> = {
  name: "matmul",
  lower(node, device) {
    const [a, b, bias] = node.inputs;
    return boundCalls(plan(node, device), { a, b, bias, c: node.outputs[0] });
  },
  gradient(node, [upstream], needs) {
    const [a, b] = node.inputs, { transposeA, transposeB, activation } = node.attributes;
    const g = activationGradient(node.outputs[0], upstream!, activation);
    const da = !needs[0]
      ? null
      : transposeA
      ? matmul(b, g, { transposeA: transposeB, transposeB: true })
      : matmul(g, b, { transposeB: !transposeB });
    const db = !needs[1]
      ? null
      : transposeB
      ? matmul(g, a, { transposeA: true, transposeB: transposeA })
      : matmul(a, g, { transposeA: !transposeA });
    const bias = node.inputs.length > 2 && needs[2] ? [sum(g, g.shape.map((_, axis) => axis).slice(0, -1))] : [null];
    return [da && withoutBatch(da, a.shape), db && withoutBatch(db, b.shape), ...node.inputs.length > 2 ? bias : []];
  },
  cost: (node) => {
    const { m, n, k, batch } = node.attributes;
    return { flops: 2 * m * n * k * batch, bytes: trafficBytes(node) };
  },
};

function plan(node: Node<Matmul>, device: Device) {
  const [a, b, bias] = node.inputs, { m, n, k, batch, ...rest } = node.attributes;
  return planMatmul({
    m,
    n,
    k,
    batch,
    strideA: a.rank === 2 ? 0 : m * k,
    strideB: b.rank === 2 ? 0 : k * n,
    ...rest,
    bias: bias !== undefined,
    device,
  });
}

/** The gradient of a matrix that served all batch items is the sum over them. */
function withoutBatch(gradient: Tensor, shape: Shape): Tensor {
  return gradient.rank > shape.length ? sum(gradient, [0]) : gradient;
}

/**
 * Product of matrices: activation(op(a)·op(b) + bias), where op transposes if asked.
 *
 * @param a [..., M, K]
 * @param b [..., K, N] with the same leading axes, or [K, N] for all; or a may be [M, K] for all
 * @returns [..., M, N]
 *
 * @example
 * ```ts
 * import { matmul, openDevice, tensor } from "@tessera/worlds";
 * const device = await openDevice();
 * const rows = tensor(device, [1, 2, 3, 4], [2, 2]);
 * console.log(await matmul(rows, rows, { transposeB: true }).data()); // 5, 11, 11, 25
 * device.close();
 * ```
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, bias = null, activation = "none" } = options;
  expectShape(a.rank >= 2 && b.rank >= 2, "matmul", () => `expected matrices, but found ${shapes(a, b)}`);
  const leading = a.rank > 2 ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  if (a.rank > 2 && b.rank === 2 && !transposeA) {
    // One b for all: the rows of all batch items are one long matrix.
    const flat = reshape(a, [-1, a.shape.at(-1)!]);
    const rows = matmul(flat, b, options);
    return reshape(rows, [...leading, a.shape.at(-2)!, rows.shape[1]]);
  }
  const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const [inner, n] = transposeB ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!];
  const fits = a.rank === 2 || b.rank === 2 || sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  expectShape(
    inner === k && fits,
    "matmul",
    () =>
      `expected [..., M, K]${transposeA ? "ᵀ" : ""} · [..., K, N]${transposeB ? "ᵀ" : ""}, but found ${shapes(a, b)}`,
  );
  expectShape(
    !bias || sameShape(bias.shape, [n]),
    "matmul",
    () => `expected a bias [${n}], but found ${formatShape(bias!.shape)}`,
  );
  const batch = elements(leading), { fused, after } = epilogue(activation);
  const three = (t: Tensor) => t.rank === 2 ? t : reshape(t, [batch, ...t.shape.slice(-2)]);
  const [out] = emit(
    operation,
    [three(a), three(b), ...bias ? [bias] : []],
    [{ shape: leading.length ? [batch, m, n] : [m, n], dtype: "f32" }],
    { m, n, k, batch, transposeA, transposeB, activation: fused },
  );
  return activate(reshape(out, [...leading, m, n]), after);
}

function shapes(a: Tensor, b: Tensor): string {
  return `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
}
