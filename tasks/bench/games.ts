/** Steps per second of the games, on one core, without drawing. */
import { type Environment, Game2048, measureThroughput, MiniGrid, Othello } from "../../lib/games/mod.ts";
import { median } from "./statistics.ts";

const GAMES: readonly (() => Environment)[] = [
  () => new Game2048(),
  () => new Othello(),
  () => new MiniGrid("Empty-8x8"),
  () => new MiniGrid("KeyCorridorS3R3"),
  () => new MiniGrid("Dynamic-Obstacles-16x16"),
];

export interface GameSpeed {
  readonly game: string;
  /** Median of the repeats. */
  readonly stepsPerSecond: number;
}

export function measureGames(steps: number, repeats: number): GameSpeed[] {
  return GAMES.map((make) => {
    const env = make();
    const speeds = Array.from({ length: repeats }, () => measureThroughput(env, steps).stepsPerSecond);
    return { game: env.name, stepsPerSecond: median(speeds) };
  });
}
