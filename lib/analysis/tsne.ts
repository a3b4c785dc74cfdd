/** t-SNE: a map of points on which neighbours stay neighbours. Exact, with scikit-learn's settings (spec 3 §7.1). */

import { principalComponents } from "./principal_components.ts";
import { type Affinities, affinities } from "./tsne_affinities.ts";

/** Settings; the defaults are scikit-learn's. */
export interface TsneOptions {
  /** Default min(30, n − 1). */
  readonly perplexity?: number;
  /** Default max(n / 48, 50). */
  readonly learningRate?: number;
  /** How often each point occurs; default once. Points that coincide stay together, so one of them can stand for all. */
  readonly counts?: ArrayLike<number>;
  /** Iterations in all; default 1000, of which the first 250 with all affinities times 12. */
  readonly iterations?: number;
  /** Told now and then. */
  readonly onProgress?: (iteration: number, of: number) => void;
}

/** A map. */
export interface TsneMap {
  /** [n, 2] */
  readonly places: Float64Array;
  /** Kullback–Leibler divergence of map and data, in nats. */
  readonly divergence: number;
  /** Iterations done. */
  readonly iterations: number;
}

const EXAGGERATION = 12, EXPLORATION = 250, CHECK = 50, PATIENCE = 300, LEAST_GRADIENT = 1e-7, LEAST_GAIN = 0.01;

/**
 * Lays n points out on a plane. Starts from the two main axes, so the same points always give the same map. O(n²) time and memory:
 * 2,000 points take some twenty seconds. Points that occur often are best given once, with their counts.
 *
 * @param points [n, width]
 * @throws RangeError for fewer than 3 points, or a perplexity that is not below n
 *
 * @example
 * ```ts
 * import { tsne } from "@tessera/worlds";
 * const points = Float64Array.from({ length: 60 * 4 }, (_, i) => Math.sin(i) + 9 * (Math.floor(i / 4) % 3));
 * const { places } = tsne(points, 4); // [60, 2], three clusters
 * ```
 */
export function tsne(points: ArrayLike<number>, width: number, options: TsneOptions = {}): TsneMap {
  const n = points.length / width;
  if (!(Number.isInteger(n) && n >= 3)) {
    throw new RangeError(`t-SNE: expected at least 3 points of width ${width} but found ${points.length} numbers`);
  }
  const counts = Float64Array.from(options.counts ?? new Array<number>(n).fill(1)),
    all = counts.reduce((a, b) => a + b, 0);
  const { perplexity = Math.min(30, all - 1), learningRate = Math.max(all / 48, 50), iterations = 1000, onProgress } =
    options;
  const near = affinities(points, width, perplexity, counts);
  const map = new TsneDescent(near, startPlaces(points, width, counts), learningRate);
  const first = Math.min(EXPLORATION, iterations);
  let done = descend(map, { exaggeration: EXAGGERATION, momentum: 0.5 }, 0, first, EXPLORATION, onProgress, iterations);
  if (iterations > first) {
    map.rest();
    done = descend(map, { exaggeration: 1, momentum: 0.8 }, first, iterations, PATIENCE, onProgress, iterations);
  }
  return { places: map.places, divergence: map.evaluate(1).divergence, iterations: done };
}

/** The two main axes of all copies, scaled so that the first has a standard deviation of 1e-4. */
function startPlaces(distinct: ArrayLike<number>, width: number, counts: Float64Array): Float64Array {
  const which = [...counts].flatMap((count, i) => new Array<number>(count).fill(i)), n = which.length;
  const points = Float64Array.from(
    { length: n * width },
    (_, at) => distinct[which[Math.floor(at / width)] * width + at % width],
  );
  const places = width >= 2
    ? principalComponents(points, width, 2)
    : Float64Array.from({ length: 2 * n }, (_, i) => i % 2 ? 0 : points[i / 2]);
  let mean = 0, square = 0;
  for (let i = 0; i < n; i++) mean += places[2 * i] / n;
  for (let i = 0; i < n; i++) square += (places[2 * i] - mean) ** 2 / n;
  const scale = square > 0 ? 1e-4 / Math.sqrt(square) : 1;
  const first = new Int32Array(counts.length).map((_, i) => which.indexOf(i));
  return Float64Array.from({ length: 2 * counts.length }, (_, at) => scale * places[2 * first[at >> 1] + at % 2]);
}

/** Runs iterations from `start` to `end` and stops early as scikit-learn does. @returns iterations done */
function descend(
  map: TsneDescent,
  stage: { readonly exaggeration: number; readonly momentum: number },
  start: number,
  end: number,
  patience: number,
  onProgress: TsneOptions["onProgress"],
  of: number,
): number {
  let best = Infinity, bestAt = start;
  for (let i = start; i < end; i++) {
    if ((i + 1) % CHECK !== 0) {
      map.step(stage);
      continue;
    }
    const { divergence } = map.evaluate(stage.exaggeration), gradientNorm = map.step(stage);
    onProgress?.(i + 1, of);
    if (divergence < best) [best, bestAt] = [divergence, i];
    else if (i - bestAt > patience) return i + 1;
    if (gradientNorm <= LEAST_GRADIENT) return i + 1;
  }
  return end;
}

/** Gradient descent with momentum and a gain for each coordinate (R. Jacobs, 1988). */
export class TsneDescent {
  readonly #velocity: Float64Array;
  readonly #gains: Float64Array;
  readonly #gradient: Float64Array;
  readonly #kernel: Float64Array;

  /** Starts a descent. @param places [n, 2], changed in place by every step */
  constructor(readonly affinities: Affinities, readonly places: Float64Array, readonly learningRate: number) {
    const { n, joint } = affinities;
    if (places.length !== 2 * n) {
      throw new RangeError(`t-SNE: expected ${n} places on the plane but found ${places.length} numbers`);
    }
    this.#velocity = new Float64Array(2 * n);
    this.#gains = new Float64Array(2 * n).fill(1);
    this.#gradient = new Float64Array(2 * n);
    this.#kernel = new Float64Array(joint.length);
  }

  /** Forgets velocity and gains. */
  rest(): void {
    this.#velocity.fill(0);
    this.#gains.fill(1);
  }

  /**
   * Divergence and gradient where the places are now.
   * @returns the gradient 4 Σ (p − q)(y_i − y_j) / (1 + d²) of one copy each, [n, 2]; overwritten by the next call
   */
  evaluate(exaggeration: number): { divergence: number; gradient: Float64Array; gradientNorm: number } {
    const scale = this.#differentiate(exaggeration), { n, counts, joint, own } = this.affinities;
    let divergence = 0;
    const pairs = (p: number, q: number, times: number) => {
      if (p > 0) divergence += times * p * Math.log(p / Math.max(q, Number.EPSILON));
    };
    for (let i = 0, at = 0; i < n; i++) {
      // Copies of a point are at distance 0 of one another.
      pairs(exaggeration * own[i], scale, counts[i] * (counts[i] - 1));
      for (let j = i + 1; j < n; j++, at++) {
        pairs(exaggeration * joint[at], this.#kernel[at] * scale, 2 * counts[i] * counts[j]);
      }
    }
    return { divergence, gradient: this.#gradient, gradientNorm: this.#norm() };
  }

  /** Fills the kernel 1 / (1 + d²) and the gradient. @returns what makes probabilities of the kernel */
  #differentiate(exaggeration: number): number {
    const { n, counts, joint } = this.affinities,
      places = this.places,
      kernel = this.#kernel,
      gradient = this.#gradient;
    let sum = 0;
    for (let i = 0, at = 0; i < n; i++) {
      sum += counts[i] * (counts[i] - 1) / 2;
      const x = places[2 * i], y = places[2 * i + 1];
      for (let j = i + 1; j < n; j++, at++) {
        const dx = x - places[2 * j], dy = y - places[2 * j + 1], value = 1 / (1 + dx * dx + dy * dy);
        kernel[at] = value;
        sum += counts[i] * counts[j] * value;
      }
    }
    const scale = 1 / (2 * sum);
    gradient.fill(0);
    for (let i = 0, at = 0; i < n; i++) {
      const x = places[2 * i], y = places[2 * i + 1];
      let gx = 0, gy = 0;
      for (let j = i + 1; j < n; j++, at++) {
        const q = Math.max(kernel[at] * scale, Number.EPSILON);
        const pull = 4 * (exaggeration * joint[at] - q) * kernel[at],
          dx = pull * (x - places[2 * j]),
          dy = pull * (y - places[2 * j + 1]);
        gx += counts[j] * dx;
        gy += counts[j] * dy;
        gradient[2 * j] -= counts[i] * dx;
        gradient[2 * j + 1] -= counts[i] * dy;
      }
      gradient[2 * i] += gx;
      gradient[2 * i + 1] += gy;
    }
    return scale;
  }

  /** One step. @returns norm of the gradient before it */
  step({ exaggeration, momentum }: { readonly exaggeration: number; readonly momentum: number }): number {
    const gradient = this.#gradient;
    this.#differentiate(exaggeration);
    for (let i = 0; i < gradient.length; i++) {
      const gain = this.#velocity[i] * gradient[i] < 0 ? this.#gains[i] + 0.2 : this.#gains[i] * 0.8;
      this.#gains[i] = Math.max(gain, LEAST_GAIN);
      this.#velocity[i] = momentum * this.#velocity[i] - this.learningRate * this.#gains[i] * gradient[i];
      this.places[i] += this.#velocity[i];
    }
    return this.#norm();
  }

  /** Norm of the gradient of all copies. */
  #norm(): number {
    const { counts } = this.affinities;
    return Math.sqrt(this.#gradient.reduce((sum, slope, i) => sum + counts[i >> 1] * slope * slope, 0));
  }
}
