/** What each code stands for (spec 1 §7.2): how often it is used and the mean patch of pixels that it encodes. */
import { expectLength } from "./checks.ts";
import { type CodeSequences, countedSteps, type IntegerArray } from "./code_sequences.ts";
import type { AnalysisSettings } from "./modes.ts";

/** Sizes of codebook and pictures. */
export interface CodebookUsageOptions {
  /** K */
  readonly codeCount: number;
  /** S, pixels along a side of a frame. */
  readonly imageSide: number;
  /** g, tokens along a side; N = g². S must be a multiple of it. */
  readonly gridSide: number;
  /** C, values per pixel; default 1. */
  readonly channels?: number;
  /** Patches per code that enter mean and variance; default 100. */
  readonly samplesPerCode?: number;
}

/** The gallery. A code without samples has mean and variance 0. */
export interface CodebookGallery {
  /** [K], patches of each code, all of them */
  readonly usage: Float64Array;
  /** Codes with at least one patch. */
  readonly used: number;
  /** S/g */
  readonly patchSide: number;
  /** C, values per pixel. */
  readonly channels: number;
  /** [K], patches that entered mean and variance */
  readonly samples: Int32Array;
  /** [K, S/g, S/g, C], mean of the first patches of each code */
  readonly mean: Float64Array;
  /** [K, S/g, S/g, C], their population variance */
  readonly variance: Float64Array;
}

/** Gathers patches frame by frame, so that pictures need not be in memory together. */
export class CodebookUsage {
  #options: Required<CodebookUsageOptions>;
  #patchSide: number;
  #usage: Float64Array;
  #samples: Int32Array;
  #mean: Float64Array;
  /** Sum of squared deviations from the running mean (Welford). */
  #squares: Float64Array;

  /**
   * An empty gallery.
   *
   * @throws RangeError if the grid does not divide the picture
   */
  constructor(options: CodebookUsageOptions) {
    this.#options = { channels: 1, samplesPerCode: 100, ...options };
    const { codeCount, imageSide, gridSide, channels } = this.#options;
    this.#patchSide = imageSide / gridSide;
    if (!Number.isInteger(this.#patchSide)) {
      throw new RangeError(
        `expected a grid side that divides the picture side ${imageSide} but found ${gridSide}; a token must cover whole pixels`,
      );
    }
    this.#usage = new Float64Array(codeCount);
    this.#samples = new Int32Array(codeCount);
    this.#mean = new Float64Array(codeCount * this.#patchSide ** 2 * channels);
    this.#squares = new Float64Array(this.#mean.length);
  }

  /**
   * Adds frames in order.
   *
   * @param frames [F, S, S, C]
   * @param codes [F, N], tokens row-major
   */
  add(frames: ArrayLike<number>, codes: ArrayLike<number>): void {
    const { codeCount, imageSide, gridSide, channels, samplesPerCode } = this.#options;
    const tokens = gridSide ** 2;
    const count = Math.ceil(codes.length / tokens);
    expectLength(`codes [${count}, ${tokens}]`, codes.length, count * tokens);
    expectLength(`frames [${count}, S, S, C]`, frames.length, count * imageSide ** 2 * channels);
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] >= 0 && codes[i] < codeCount) continue;
      throw new RangeError(
        `expected codes in 0…${codeCount - 1} but found ${codes[i]} at frame ${Math.floor(i / tokens)}, token ${
          i % tokens
        }`,
      );
    }
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i];
      this.#usage[code]++;
      if (this.#samples[code] < samplesPerCode) this.#addPatch(frames, Math.floor(i / tokens), i % tokens, code);
    }
  }

  #addPatch(frames: ArrayLike<number>, frame: number, token: number, code: number): void {
    const { imageSide, gridSide, channels } = this.#options;
    const samples = ++this.#samples[code];
    const top = Math.floor(token / gridSide) * this.#patchSide;
    const left = (token % gridSide) * this.#patchSide;
    const width = this.#patchSide * channels;
    let out = code * this.#patchSide * width;
    for (let y = 0; y < this.#patchSide; y++) {
      const row = ((frame * imageSide + top + y) * imageSide + left) * channels;
      for (let x = 0; x < width; x++, out++) {
        const deviation = frames[row + x] - this.#mean[out];
        this.#mean[out] += deviation / samples;
        this.#squares[out] += deviation * (frames[row + x] - this.#mean[out]);
      }
    }
  }

  /** The gallery of everything added so far. */
  result(): CodebookGallery {
    const { codeCount, channels } = this.#options;
    const size = this.#mean.length / codeCount;
    const variance = this.#squares.map((sum, i) => sum / Math.max(1, this.#samples[Math.floor(i / size)]));
    return {
      usage: this.#usage.slice(),
      used: countUsed(this.#usage),
      patchSide: this.#patchSide,
      channels,
      samples: this.#samples.slice(),
      mean: this.#mean.slice(),
      variance,
    };
  }
}

/**
 * Which frames the gallery and the usage see, as indices into [n·(T+1)]: `first` is frame 0 of each trajectory, as in the original
 * (D10); `all` is every true frame, without padding (C9).
 */
export function usageFrames(
  count: number,
  steps: number,
  lengths: IntegerArray | undefined,
  which: AnalysisSettings["usageFrames"],
): Int32Array {
  const frames: number[] = [];
  for (let i = 0; i < count; i++) {
    const last = which === "first" ? 0 : lengths ? lengths[i] : steps;
    for (let t = 0; t <= last; t++) frames.push(i * (steps + 1) + t);
  }
  return Int32Array.from(frames);
}

/** How often each code occurs, [K], without pictures: in first frames only, or in all true frames. */
export function codeUsage(sequences: CodeSequences, which: AnalysisSettings["usageFrames"] = "all"): Float64Array {
  const { count, steps, positions, codes, codeCount } = sequences;
  const usage = new Float64Array(codeCount);
  for (let i = 0; i < count; i++) {
    const frames = which === "first" ? 1 : countedSteps(sequences, i, true) + 1;
    const start = i * (steps + 1) * positions;
    for (let j = start; j < start + frames * positions; j++) usage[codes[j]]++;
  }
  return usage;
}

/** Codes that occur, most used first; among equals the lowest code first. */
export function mostUsedCodes(usage: ArrayLike<number>, limit: number): number[] {
  return Array.from({ length: usage.length }, (_, code) => code).filter((code) => usage[code] > 0)
    .sort((a, b) => usage[b] - usage[a] || a - b).slice(0, limit);
}

/** Number of codes that occur. */
export function countUsed(usage: ArrayLike<number>): number {
  return Array.from(usage).filter((count) => count > 0).length;
}
