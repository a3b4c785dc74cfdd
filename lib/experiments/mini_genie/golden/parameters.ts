import { FormatError } from "../../../data/mod.ts";
import type { Parameters } from "../../../nn/mod.ts";
import type { AdamW } from "../../../train/mod.ts";
import { type GoldenChecks, l2 } from "../../golden_checks.ts";
import { permuted, permutedBack, weightAxes } from "../../golden_layout.ts";
import type { FormulaTensor, GradientStats, Section, Stats } from "./format.ts";

/** Tolerances of spec 3 §12 for float32. */
export const LOSS = 1e-5, GRADIENT = 1e-3, OUTPUT = 1e-3;

/** Where the golden names of a section stand in our model. */
export type NameMap = (golden: string) => string;

/** Our name from a golden one: w, s → weight, b → bias, and the parts of a transformer layer. */
export function ourName(golden: string): string {
  if (golden === "codebook") return "vq.quantizer.embedding.weight";
  const bare = golden.replace(/^(enc|dec|pre)\b/, "vq.$1");
  if (/\.r\d\.[ab]$/.test(bare)) return `${bare}.weight`;
  if (/(^|\.)emb$/.test(bare)) return `${bare}.weight`;
  const layer = /^wm\.l\d\./.test(bare);
  const parts: Record<string, string> = {
    qkv: "attn.in_proj",
    out: "attn.out_proj",
    f1: "ff.0",
    f2: "ff.2",
    n1: "ln1",
    n2: "ln2",
  };
  return bare
    .replace(/\.(w|s)$/, ".weight")
    .replace(/\.b$/, ".bias")
    .replace(/\.(qkv|out|f1|f2|n1|n2)\./, (whole, part) => layer ? `.${parts[part]}.` : whole);
}

/**
 * PyTorch's shape of a parameter as our layout sees it. The first linear layer behind flattened NCHW features is a convolution
 * over all of them.
 */
function shapeOf({ name, shape }: FormulaTensor, section: Section): readonly number[] {
  if (name !== "lam.f1.w") return shape;
  const channels = (section.config as unknown as { cc: readonly number[] }).cc[2],
    side = Math.sqrt(shape[1] / channels);
  return [shape[0], channels, side, side];
}

function axesOf(tensor: FormulaTensor, section: Section): readonly number[] | null {
  return weightAxes(shapeOf(tensor, section).length, /(^|\.)(emb|pos)$|^codebook$/.test(tensor.name));
}

/** off + a·sin(b·i + c·k) for `size` elements. */
export function formula(
  size: number,
  { b, c }: Readonly<Record<string, number>>,
  k: number,
  a = 1,
  off = 0,
): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => off + a * Math.sin(b * i + c * k));
}

/** Writes a section's parameters into a model. @throws FormatError when a size does not fit */
export function writeGolden(section: Section, parameters: Parameters): void {
  section.params.forEach((entry, k) => {
    const target = parameters.get(ourName(entry.name)), size = entry.shape.reduce((x, y) => x * y, 1);
    if (target.size !== size) {
      throw new FormatError({
        where: `golden file, params, ${entry.name}`,
        expected: `${target.size} elements`,
        found: String(size),
        advice: "The file's config does not describe its parameters.",
      });
    }
    const values = formula(size, section.config, k, entry.a, entry.off);
    target.write(permuted(values, shapeOf(entry, section), axesOf(entry, section)));
  });
}

/** Compares the gradients of the optimiser's last step with the file's. */
export async function checkGradients(
  what: string,
  section: Section,
  reference: Readonly<Record<string, GradientStats>>,
  optimiser: AdamW,
  checks: GoldenChecks,
): Promise<void> {
  const ours = new Map(optimiser.gradients);
  for (const entry of section.params) {
    const name = ourName(entry.name), stats = reference[entry.name];
    if (stats === undefined || !ours.has(name)) continue;
    const { l2: norm, idx = [], val = [] } = typeof stats === "number" ? { l2: stats } : stats;
    const values = permutedBack(await ours.get(name)!.floats(), shapeOf(entry, section), axesOf(entry, section));
    checks.relative(`${what} gradient ${entry.name} l2`, l2(values), norm, GRADIENT);
    // Elements are held to the tensor's typical size, since single ones may be sums that cancel.
    const typical = Math.max(norm / Math.sqrt(values.length), 1e-7);
    idx.forEach((i, j) =>
      checks.relative(`${what} gradient ${entry.name}[${i}]`, values[i], val[j], GRADIENT, typical)
    );
  }
}

/** A tensor of pictures or latents, NHWC as we keep them, against statistics in NCHW. */
export function checkPictures(
  what: string,
  nhwc: Float32Array,
  { shape, ...stats }: Stats,
  checks: GoldenChecks,
  tolerance: number,
): void {
  const [batch, channels, height, width] = shape;
  const nchw = permuted(nhwc, [batch, height, width, channels], [0, 3, 1, 2]);
  checks.summary(what, nchw, { n: shape.reduce((x, y) => x * y, 1), ...stats }, tolerance);
}

/** A tensor whose layout is the file's. */
export function checkStats(
  what: string,
  values: Float32Array,
  { shape, ...stats }: Stats,
  checks: GoldenChecks,
  tolerance: number,
): void {
  checks.summary(what, values, { n: shape.reduce((x, y) => x * y, 1), ...stats }, tolerance);
}
