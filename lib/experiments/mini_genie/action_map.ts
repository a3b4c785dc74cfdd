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
}

/**
 * Lays recorded moves out by their latent action probabilities, with scikit-learn's settings, as the original does.
 *
 * @param stream chooses the moves, each as often as it was recorded
 * @returns null where fewer than three different moves were recorded
 */
export function actionMap(
  { moves }: KnownWorld,
  { probabilities, codes }: InferredMoves,
  stream: Stream,
  { points = 2016 }: ActionMapOptions = {},
): ActionMap | null {
  const all = Int32Array.from(moves.flatMap(({ count }, i) => new Array<number>(count).fill(i)));
  stream.shuffle(all);
  const chosen = [...all.subarray(0, points)], actions = probabilities.length / moves.length;
  const distinct = [...new Set(chosen)], counts = distinct.map((move) => chosen.filter((one) => one === move).length);
  if (distinct.length < 3) return null;
  const input = distinct.flatMap((move) => [...probabilities.subarray(move * actions, (move + 1) * actions)]);
  const { places, divergence } = tsne(input, actions, { counts }), at = chosen.map((move) => distinct.indexOf(move));
  const rounded = (axis: 0 | 1) => at.map((i) => Number(places[2 * i + axis].toPrecision(6)));
  return {
    x: rounded(0),
    y: rounded(1),
    codes: chosen.map((move) => codes[move]),
    actions: chosen.map((move) => moves[move].action),
    moves: distinct.length,
    divergence,
  };
}
