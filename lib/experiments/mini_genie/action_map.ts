import { tsne } from "../../analysis/mod.ts";
import type { Stream } from "../../random.ts";
import type { InferredMoves } from "./control.ts";
import type { KnownWorld } from "./known_world.ts";

/** t-SNE of latent actions: recorded moves as points, near where the action net answers alike (spec 3 §7.1). */
export interface ActionMap {
  /** Places on the map, one a recorded move. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Likeliest latent action of each. */
  readonly codes: readonly number[];
  /** True action of each, which no network saw. */
  readonly actions: readonly number[];
  /** Different moves among the points: the same move always lies in the same place (R6). */
  readonly moves: number;
  /** Kullback–Leibler divergence of map and data, nats. */
  readonly divergence: number;
}

/** How a map is made. */
export interface ActionMapOptions {
  /** Recorded moves that are drawn, at most; default 2,016, as the original. */
  readonly points?: number;
  /** Told now and then: 2,016 points take some 20 seconds. */
  readonly onProgress?: (iteration: number, of: number) => void;
}

/**
 * Lays recorded moves out by their latent action probabilities, with scikit-learn's settings, as the original does.
 *
 * @param stream chooses the moves, each as often as it was recorded
 * @returns null where fewer than three moves were recorded
 */
export function actionMap(
  { moves }: KnownWorld,
  { probabilities, codes }: InferredMoves,
  stream: Stream,
  { points = 2016, onProgress }: ActionMapOptions = {},
): ActionMap | null {
  const all = Int32Array.from(moves.flatMap(({ count }, i) => new Array<number>(count).fill(i)));
  stream.shuffle(all);
  const chosen = [...all.subarray(0, points)], actions = probabilities.length / moves.length;
  if (chosen.length < 3) return null;
  const input = Float64Array.from(
    { length: chosen.length * actions },
    (_, at) => probabilities[chosen[Math.floor(at / actions)] * actions + at % actions],
  );
  const { places, divergence } = tsne(input, actions, onProgress ? { onProgress } : {});
  const rounded = (axis: 0 | 1) => chosen.map((_, i) => Number(places[2 * i + axis].toPrecision(6)));
  return {
    x: rounded(0),
    y: rounded(1),
    codes: chosen.map((move) => codes[move]),
    actions: chosen.map((move) => moves[move].action),
    moves: new Set(chosen).size,
    divergence,
  };
}
