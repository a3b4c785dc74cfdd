import page from "../../../kernels/matmul.wgsl" with { type: "text" };
import {
  type Activation,
  ACTIVATIONS,
  checkSizes,
  chooseTiling,
  epiloguePage,
  FLAT_LANES,
  foldGrid,
  isPlain,
  type KernelPlan,
  type PlanDevice,
  tilingConstants,
} from "./kernel_plan.ts";
import { planMatmulCpu } from "./matmul_cpu_plan.ts";
import { planMatmulPanels, suitsPanels } from "./matmul_panels_plan.ts";

/** C[z] = act(alpha · op(A[z]) · op(B[z]) + bias), for z in 0 … batch−1; with `accumulate`, added to C. */
export interface MatmulShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Default 1. */
  readonly batch?: number;
  /** A is stored [k, m]. */
  readonly transposeA?: boolean;
  /** B is stored [n, k]. */
  readonly transposeB?: boolean;
  /** Elements from one batch item to the next; 0 repeats one matrix. Default: packed. */
  readonly strideA?: number;
  readonly strideB?: number;
  readonly strideC?: number;
  readonly alpha?: number;
  /** Is there a bias [n]? Default no. */
  readonly bias?: boolean;
  readonly activation?: Activation;
  /** Adds the result to C. Default no. */
  readonly accumulate?: boolean;
  /** May a long k be cut into parts, with scratch memory and a second call? Default yes. */
  readonly cut?: boolean;
  /** One lane per sum, without tiles? Default: for small products on software adapters, which compile slowly. */
  readonly plain?: boolean;
  readonly device: PlanDevice;
}

export type MatmulRole = "a" | "b" | "bias" | "c";

/** What `planMatmul` has settled: all sizes, with batches that share B made one long product. */
export type SettledMatmul = MatmulShape & Required<Pick<MatmulShape, "batch" | "strideA" | "strideB" | "strideC">>;

const VECTOR = epiloguePage("matmul", page, "main", true);
const SCALAR = epiloguePage("matmul", page, "scalar", true);
const PLAIN = epiloguePage("matmul", page, "plain", true);
const SUM_PARTS = epiloguePage("matmul", page, "sum_parts", true);

/**
 * Plans a matrix product: one call, or two when a long k is cut into parts that are summed afterwards.
 * @throws RangeError on sizes that are not whole and positive.
 */
export function planMatmul(shape: MatmulShape): KernelPlan<MatmulRole> {
  const { n, k, transposeA = false, transposeB = false, device } = shape;
  let { m, batch = 1, strideA = m * k, strideC = m * n } = shape;
  const { strideB = k * n } = shape;
  checkSizes("matmul", { m, n, k, batch }, 1);
  checkSizes("matmul", { strideA, strideB, strideC }, 0);
  const flops = 2 * m * n * k * batch;
  const bytes = 4 * (matrices(strideA, batch) * m * k + matrices(strideB, batch) * k * n + batch * m * n);
  if (batch > 1 && strideB === 0 && !transposeA && strideA === m * k && strideC === m * n) {
    // One B for all: the rows of all items are one long matrix.
    m *= batch;
    batch = 1;
    strideA = m * k;
    strideC = m * n;
  }
  const settled = { ...shape, m, batch, strideA, strideB, strideC };
  if (device.kind === "cpu") return planMatmulCpu(settled, { flops, bytes });
  if (suitsPanels(settled)) return planMatmulPanels(settled, { flops, bytes });
  const inner = [transposeA ? m : k, transposeB ? k : n, n];
  const strides = batch > 1 ? [strideA, strideB, strideC] : [];
  const vectors = [...inner, ...strides].every((size) => size % 4 === 0);
  const sizes = { M: m, N: n, K: k, BATCH: batch, STRIDE_C: batch > 1 ? strideC : m * n };
  const epilogue = {
    ALPHA: shape.alpha ?? 1,
    HAS_BIAS: Number(shape.bias ?? false),
    ACTIVATION: ACTIVATIONS.indexOf(shape.activation ?? "none"),
    ACCUMULATE: Number(shape.accumulate ?? false),
  };
  const operands = {
    TRANSPOSE_A: Number(transposeA),
    TRANSPOSE_B: Number(transposeB),
    STRIDE_A: batch > 1 ? strideA : 0,
    STRIDE_B: batch > 1 ? strideB : 0,
  };
  // Without a bias its binding holds A, which is not read there.
  const bind = ["a", "b", shape.bias ? "bias" : "a", "c"] as const;
  if (shape.plain ?? isPlain(flops / 2, device)) {
    const constants = { ...sizes, ...operands, ...epilogue, WX: FLAT_LANES, KEEP_LOOPS: Number(device.software) };
    const grid = foldGrid(Math.ceil(m * n * batch / FLAT_LANES), device);
    return { calls: [{ source: PLAIN, constants, grid, bind }], scratchBytes: 0, flops, bytes };
  }
  const tiling = chooseTiling({ m, n, k, batch, device, cut: shape.cut ?? true });
  const { parts, groups } = tiling;
  const product = { ...sizes, ...operands, ...tilingConstants(tiling, device) };
  const entry = vectors ? VECTOR : SCALAR;
  const grid = foldGrid(groups, device);
  if (parts === 1) {
    const constants = { ...product, ...epilogue };
    return { calls: [{ source: entry, constants, grid, bind }], scratchBytes: 0, flops, bytes };
  }
  return {
    calls: [
      // Parts are packed, whatever the stride of C.
      { source: entry, constants: { ...product, STRIDE_C: m * n }, grid, bind: ["a", "b", "a", "parts"] },
      sumParts({ ...sizes, ...epilogue }, parts, shape.bias ? "bias" : "parts", "c", device),
    ],
    scratchBytes: 4 * parts * batch * m * n,
    flops,
    bytes,
  };
}

/** The call that adds parts in order and applies the epilogue. */
export function sumParts<Role extends string>(
  constants: Record<string, number>,
  parts: number,
  bias: Role,
  result: Role,
  device: PlanDevice,
): KernelPlan<Role>["calls"][number] {
  const count = constants.BATCH * constants.M * constants.N;
  return {
    source: SUM_PARTS,
    constants: { ...constants, PARTS: parts, WX: FLAT_LANES, KEEP_LOOPS: Number(device.software) },
    grid: foldGrid(Math.ceil(count / FLAT_LANES), device),
    bind: ["parts", bias, result],
  };
}

function matrices(stride: number, batch: number): number {
  return stride === 0 ? 1 : batch;
}
