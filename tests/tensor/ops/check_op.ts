/** Holds one operation against a float64 function, forward and backward. */
import type { Device } from "../../../lib/device/mod.ts";
import type { Tensor } from "../../../lib/tensor/tensor.ts";
import { Stream } from "../../../lib/random.ts";
import { assertClose, finiteDifference, type Tolerance } from "../../support/compare.ts";
import { type Nd, randomNd } from "../../support/float64.ts";
import { type tf, tfjsGradients, tfjsValue } from "../../support/tfjs.ts";
import { runOp } from "./run_op.ts";

export interface OpCheck {
  /** Names the case in failures. */
  readonly what: string;
  readonly inputs: readonly Nd[];
  readonly value?: Tolerance;
  readonly gradient?: Tolerance;
  /** Most elements of each input whose slope is measured. Default 40. */
  readonly slopes?: number;
  /** The same function in tfjs. */
  readonly witness?: (...inputs: tf.Tensor[]) => tf.Tensor;
}

const NEAR = { relative: 2e-6, absolute: 1e-6 };
const SLOPE = { relative: 2e-5, absolute: 1e-5 };

/**
 * The value of `f` against `reference`; the gradients of Σ dy·f, dy random, against central differences of the reference; and
 * both against tfjs if there is a `witness`.
 */
export async function checkOp(
  device: Device,
  f: (...inputs: Tensor[]) => Tensor,
  reference: (...inputs: Nd[]) => Nd,
  { what, inputs, value: near = NEAR, gradient: slopeNear = SLOPE, slopes = 40, witness }: OpCheck,
): Promise<void> {
  const expected = reference(...inputs), dy = randomNd(expected.shape, 99);
  const { value, gradients } = await runOp(device, f, inputs, dy);
  assertClose(value, expected, near, `value of ${what}`);
  inputs.forEach((input, which) => {
    const loss = (data: Float64Array) => {
      const moved = inputs.map((x, i) => i === which ? { shape: x.shape, data } : x);
      return reference(...moved).data.reduce((sum, y, i) => sum + y * dy.data[i], 0);
    };
    const at = some(input.data.length, slopes);
    const found = at.map((i) => gradients[which].data[i]);
    assertClose(found, finiteDifference(loss, input.data, at), slopeNear, `gradient ${which} of ${what}`);
  });
  if (!witness) return;
  assertClose(value, tfjsValue(witness, inputs), near, `tfjs value of ${what}`);
  tfjsGradients(witness, inputs, dy).forEach((g, i) =>
    assertClose(gradients[i], g, slopeNear, `tfjs gradient ${i} of ${what}`)
  );
}

/**
 * All cases, or every third on a software adapter, which takes up to 100 ms to compile one kernel. The CPU device runs the same
 * kernels, so nothing goes untested.
 *
 * @param first where to begin, so that different uses leave different cases out
 */
export function share<T>(device: Device, cases: readonly T[], first = 0): T[] {
  return cases.filter((_, i) => !device.software || i % 3 === first % 3);
}

/** Runs of a property test: a third of them on a software adapter. */
export function runs(device: Device, count: number): number {
  return device.software ? Math.ceil(count / 3) : count;
}

/** At most `most` different indices below `count`, always the same ones. */
function some(count: number, most: number): number[] {
  const all = Stream.named(count, "tests/slopes").shuffle(Array.from({ length: count }, (_, i) => i));
  return all.slice(0, most).sort((a, b) => a - b);
}
