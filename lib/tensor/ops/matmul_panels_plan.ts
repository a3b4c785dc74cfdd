import page from "../../../kernels/matmul_panels.wgsl" with { type: "text" };
import { ACTIVATIONS, epiloguePage, FLAT_LANES, foldGrid, type KernelPlan, type PlannedCall } from "./kernel_plan.ts";
import type { MatmulRole, SettledMatmul } from "./matmul_plan.ts";

const [MAIN, PACK, FLIP] = ["main", "pack", "flip"].map((entry) => epiloguePage("matmul_panels", page, entry, false));

/** Rows of a panel, and columns of a workgroup, as in the page. */
const ROWS = 8, COLUMNS = 128;
/** Multiply-adds from which packing A pays. Below, the tiles of matmul also compile sooner. */
const LARGE = 2 ** 24;
/** Workgroups that keep a few cores busy. */
const FEWEST = 16;

type Call = PlannedCall<MatmulRole | "parts" | "padded">;

/** Is this a product for `planMatmulPanels`: large, on a software adapter, with whole vectors? */
export function suitsPanels({ m, n, k, batch, strideB, strideC, device }: SettledMatmul): boolean {
  const whole = [n, ...batch > 1 ? [strideB, strideC] : []].every((size) => size % 4 === 0);
  const groups = Math.ceil(m / ROWS) * Math.ceil(n / COLUMNS) * batch;
  return device.software && whole && m * n * k * batch >= LARGE && groups >= FEWEST && n >= COLUMNS / 2;
}

/** Plans a large matrix product on a software adapter: A is packed, B turned where it is stored transposed, then one call. */
export function planMatmulPanels(
  shape: SettledMatmul,
  cost: Pick<KernelPlan<MatmulRole>, "flops" | "bytes">,
): KernelPlan<MatmulRole> {
  const { m, n, k, batch, transposeA = false, transposeB = false, strideA, strideB, strideC, device } = shape;
  const down = Math.ceil(m / ROWS), sizes = { M: m, N: n, K: k, BATCH: batch };
  const call = (source: Call["source"], constants: Call["constants"], groups: number, bind: Call["bind"]): Call => ({
    source,
    constants: { ...sizes, ...constants },
    grid: foldGrid(groups, device),
    bind,
  });
  const stride = (elements: number) => batch > 1 ? elements : 0;
  const pack = call(
    PACK,
    { TRANSPOSED: Number(transposeA), STRIDE_A: stride(strideA) },
    Math.ceil(batch * down * k / FLAT_LANES),
    ["a", "padded"],
  );
  const flip = call(FLIP, { STRIDE_B: stride(strideB) }, Math.ceil(batch * k * n / 4 / FLAT_LANES), ["b", "parts"]);
  const main = call(
    MAIN,
    {
      STRIDE_B: stride(transposeB ? k * n : strideB),
      STRIDE_C: stride(strideC),
      ALPHA: shape.alpha ?? 1,
      HAS_BIAS: Number(shape.bias ?? false),
      ACCUMULATE: Number(shape.accumulate ?? false),
      ACTIVATION: ACTIVATIONS.indexOf(shape.activation ?? "none"),
    },
    down * Math.ceil(n / COLUMNS) * batch,
    // Without a bias its binding holds the panels, which are not read there.
    ["padded", transposeB ? "parts" : "b", shape.bias ? "bias" : "padded", "c"],
  );
  return {
    calls: [pack, ...transposeB ? [flip] : [], main],
    paddedBytes: 4 * batch * down * ROWS * k,
    scratchBytes: transposeB ? 4 * batch * k * n : 0,
    ...cost,
  };
}
