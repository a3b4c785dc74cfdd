/** Steps per second of the games, on one core, without drawing. */
import {
  AtariEnv,
  type Environment,
  Game2048,
  listRoms,
  measureThroughput,
  MiniGrid,
  Othello,
} from "../../lib/games/mod.ts";
import { median } from "./statistics.ts";

interface Entry {
  readonly make: () => Environment;
  /** Instead of the game's own name. */
  readonly title?: string;
  /** A slow game plays this part of the steps. */
  readonly share?: number;
}

const GAMES: readonly Entry[] = [
  { make: () => new Game2048() },
  { make: () => new Othello() },
  { make: () => new MiniGrid("Empty-8x8") },
  { make: () => new MiniGrid("KeyCorridorS3R3") },
  { make: () => new MiniGrid("Dynamic-Obstacles-16x16") },
];

/** Frames of each Atari game whose cartridge is here, emulation and memory only. */
function atariGames(): Entry[] {
  return listRoms().filter(({ path }) => path !== null).map(({ game }) => ({
    make: () => new AtariEnv(game, { frameSkip: 1, observation: "ram" }),
    title: `${game.name} (Atari, emulated frames)`,
    share: 1 / 500,
  }));
}

export interface GameSpeed {
  readonly game: string;
  /** Median of the repeats. */
  readonly stepsPerSecond: number;
}

export function measureGames(steps: number, repeats: number): GameSpeed[] {
  return [...GAMES, ...atariGames()].map(({ make, title, share = 1 }) => {
    const env = make(), count = Math.max(1, Math.round(steps * share));
    const speeds = Array.from({ length: repeats }, () => measureThroughput(env, count).stepsPerSecond);
    return { game: title ?? env.name, stepsPerSecond: median(speeds) };
  });
}
