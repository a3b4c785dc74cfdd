import page from "../../../kernels/matmul_cpu.wgsl" with { type: "text" };
import { ACTIVATIONS, foldGrid, type KernelPlan } from "./kernel_plan.ts";
import { type MatmulRole, type SettledMatmul, sumParts } from "./matmul_plan.ts";
import { cutPanels, panelPage } from "./panels_cpu_plan.ts";

const SOURCES = panelPage("matmul_cpu", page);

type Cost = Pick<KernelPlan<MatmulRole>, "flops" | "bytes">;

/** Plans a matrix product on the CPU device: one call, or two when a long k is cut into parts that are summed afterwards. */
export function planMatmulCpu(shape: SettledMatmul, cost: Cost): KernelPlan<MatmulRole> {
  const { m, n, k, batch, transposeA = false, transposeB = false, strideA, strideB, strideC, device } = shape;
  const step = transposeA ? m : 1;
  const { constants: cut, parts, groups } = cutPanels({ m, n, k, batch, step, cut: shape.cut ?? true });
  const sizes = { M: m, N: n, K: k, BATCH: batch, STRIDE_C: batch > 1 ? strideC : m * n };
  const epilogue = {
    ALPHA: shape.alpha ?? 1,
    HAS_BIAS: Number(shape.bias ?? false),
    ACTIVATION: ACTIVATIONS.indexOf(shape.activation ?? "none"),
    ACCUMULATE: Number(shape.accumulate ?? false),
  };
  const product = {
    ...sizes,
    ...cut,
    STEP: step,
    A_ROW: transposeA ? 1 : k,
    TRANSPOSE_B: Number(transposeB),
    STRIDE_A: batch > 1 ? strideA : 0,
    STRIDE_B: batch > 1 ? strideB : 0,
  };
  const whole = [n, ...transposeB ? [k] : [], ...batch > 1 ? [strideB, strideC] : []].every((size) => size % 4 === 0);
  const source = whole ? SOURCES.vector : SOURCES.scalar;
  const grid = foldGrid(groups, device);
  // Without a bias its binding holds A, which is not read there.
  const bias = shape.bias ? "bias" : "a";
  if (parts === 1) {
    const constants = { ...product, ...epilogue };
    return { calls: [{ source, constants, grid, bind: ["a", "b", bias, "c"] }], scratchBytes: 0, ...cost };
  }
  return {
    calls: [
      // Parts are packed, whatever the stride of C.
      { source, constants: { ...product, STRIDE_C: m * n }, grid, bind: ["a", "b", "a", "parts"] },
      sumParts({ ...sizes, ...epilogue }, parts, shape.bias ? "bias" : "parts", "c", device),
    ],
    scratchBytes: 4 * parts * batch * m * n,
    ...cost,
  };
}
