import type { Dreamer } from "../../models/mini_genie/mod.ts";
import { tokenRows } from "./token_rows.ts";
import { changingSteps, distinctFrames, distinctSteps, type Recording } from "./recording.ts";

/** Most frames, and most steps, that one measurement looks at. */
const MOST = 128;

/** How well the VQ-VAE sees. */
export interface EyesMeasured {
  /** 10·log₁₀(255² / mean squared error) over all frames looked at, dB. */
  readonly psnr: number;
  /** The same of the worst frame. */
  readonly worstPsnr: number;
  /** Share of the frames whose reconstruction is nearer to them than to any other frame looked at. */
  readonly nearest: number;
  /** Codes in use over these frames. */
  readonly codesUsed: number;
}

/** Encodes and decodes different frames, all of them or a sample spread evenly. */
export async function measureEyes(dreamer: Dreamer, recording: Recording): Promise<EyesMeasured> {
  const size = recording.side ** 2 * 3, chosen = spread(distinctFrames(recording), MOST);
  const frames = new Uint8Array(chosen.length * size);
  chosen.forEach((frame, i) => frames.set(recording.frames.subarray(frame * size, (frame + 1) * size), i * size));
  const tokens = await dreamer.encode(frames), decoded = await dreamer.decodeExactly(tokens);
  const picture = (i: number) => decoded.subarray(i * size, (i + 1) * size);
  const frame = (i: number) => frames.subarray(i * size, (i + 1) * size);
  const errors = chosen.map((_, i) => squaredError(picture(i), frame(i)) / size);
  const right = chosen.filter((_, i) => nearestFrame(picture(i), frames, size) === i).length;
  return {
    psnr: decibels(errors.reduce((a, b) => a + b, 0) / errors.length),
    worstPsnr: decibels(Math.max(...errors)),
    nearest: right / chosen.length,
    codesUsed: new Set(tokens).size,
  };
}

/** What latent actions and dynamics do, on different steps that change the picture. */
export interface PairsMeasured {
  /** Share of the changing tokens that are foretold from all probabilities of the latent action. */
  readonly changedSoft: number;
  /** The same from the likeliest latent action alone. Soft less hard is what leaks through the probabilities (R5). */
  readonly changedHard: number;
  /** Latent actions in use. */
  readonly actionsUsed: number;
}

/** Infers and foretells different changing steps, all of them or a sample spread evenly. */
export async function measurePairs(dreamer: Dreamer, recording: Recording): Promise<PairsMeasured> {
  const steps = distinctSteps(recording, changingSteps(recording)), size = recording.side ** 2 * 3;
  const chosen = spread(steps.length, MOST).map((i) => steps[i]);
  const shown = [...new Set(chosen.flatMap(({ before, after }) => [before, after]))];
  const frames = new Uint8Array(shown.length * size);
  shown.forEach((frame, i) => frames.set(recording.frames.subarray(frame * size, (frame + 1) * size), i * size));
  const tokens = await dreamer.encode(frames), looks = await dreamer.look(frames), { tokens: width, views } = dreamer;
  const place = new Map(shown.map((frame, i) => [frame, i]));
  const from = chosen.map((step) => place.get(step.before)!), to = chosen.map((step) => place.get(step.after)!);
  const before = tokenRows(tokens, width, from), after = tokenRows(tokens, width, to);
  const { codes, probabilities } = await dreamer.infer(
    tokenRows(looks, width * views, from),
    tokenRows(looks, width * views, to),
  );
  const accuracy = (next: Int32Array) => {
    let changed = 0, right = 0;
    next.forEach((code, i) => {
      if (before[i] === after[i]) return;
      changed++;
      if (code === after[i]) right++;
    });
    return changed === 0 ? 0 : right / changed;
  };
  return {
    changedSoft: accuracy(await dreamer.predict(before, probabilities)),
    changedHard: accuracy(await dreamer.predict(before, codes)),
    actionsUsed: new Set(codes).size,
  };
}

/** Index of the frame, bytes [D, size], nearest to a picture in [0, 1] by squared distance; the first of equals. */
export function nearestFrame(picture: Float32Array, frames: Uint8Array, size: number): number {
  let best = 0, least = Infinity;
  for (let i = 0; i < frames.length / size; i++) {
    const error = squaredError(picture, frames.subarray(i * size, (i + 1) * size), least);
    if (error < least) [best, least] = [i, error];
  }
  return best;
}

/** Σ (255·x − y)²; may stop once it is above `enough`. */
function squaredError(picture: Float32Array, frame: Uint8Array, enough = Infinity): number {
  let sum = 0;
  for (let i = 0; i < frame.length && sum < enough; i++) sum += (255 * picture[i] - frame[i]) ** 2;
  return sum;
}

function decibels(meanSquaredError: number): number {
  return 10 * Math.log10(255 ** 2 / Math.max(meanSquaredError, 1e-9));
}

/** At most `most` of the numbers below `count`, evenly spread. */
export function spread(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, i) => Math.floor(i * count / taken));
}
