import type { Device } from "../../device/mod.ts";
import { type Episodes, observationSize } from "../../data/mod.ts";
import { type CellPatches, gridGame, record } from "../../games/mod.ts";
import { type Tensor, tensor } from "../../tensor/mod.ts";
import type { GameName, Settings } from "./settings.ts";

/** Recorded games, and where in them training may look. Frame f of trajectory i has index i·(T+1) + f. */
export interface GameData {
  readonly episodes: Episodes;
  readonly patches: CellPatches;
  /** Indices of the frames that were really played (padding left out where the settings say so). */
  readonly frames: Int32Array;
  /** Indices of the frames that a really played step starts from. */
  readonly starts: Int32Array;
}

/** The same on a device: bytes, patches, actions. */
export interface DeviceData {
  /** u8 [n·(T+1), cells, cells] */
  readonly boards: Tensor;
  /** [values, side, side] */
  readonly patches: Tensor;
  /** i32 [n·(T+1), 1]: action taken at each frame; 0 after the last. */
  readonly actions: Tensor;
  dispose(): void;
}

/**
 * Records games with the random policy (spec 1 §2).
 * @param split training and test games come from different streams of the same seed
 */
export function recordGames(settings: Settings, seed: number, split: "train" | "test"): GameData {
  const { game, data, model } = settings;
  const episodes = record(game, {
    trajectories: split === "train" ? data.trajectories : data.testTrajectories,
    steps: data.steps,
    burnIn: data.burnIn,
    seed,
    stream: `data/${split}`,
  });
  return gameData(game, model.imageSide, episodes, settings.mode === "corrected");
}

/** Index lists and patches for recorded games. @param masked leave padded steps out (D11) */
export function gameData(game: GameName, imageSide: number, episodes: Episodes, masked: boolean): GameData {
  const { count, steps, lengths } = episodes, frames: number[] = [], starts: number[] = [];
  for (let i = 0; i < count; i++) {
    const played = masked ? lengths[i] : steps;
    for (let t = 0; t <= played; t++) frames.push(i * (steps + 1) + t);
    for (let t = 0; t < played; t++) starts.push(i * (steps + 1) + t);
  }
  return {
    episodes,
    patches: gridGame(game).cellPatches(imageSide),
    frames: Int32Array.from(frames),
    starts: Int32Array.from(starts),
  };
}

/** Copies boards, patches and actions to a device. */
export function uploadGames(device: Device, { episodes, patches }: GameData): DeviceData {
  const { count, steps } = episodes, cells = Math.sqrt(observationSize(episodes));
  const actions = new Int32Array(count * (steps + 1));
  for (let i = 0; i < count; i++) {
    for (let t = 0; t < steps; t++) actions[i * (steps + 1) + t] = episodes.actions[i * steps + t];
  }
  const boards = tensor(device, episodes.observations, [count * (steps + 1), cells, cells], "boards");
  const table = tensor(device, patches.table, [patches.values, patches.pixels, patches.pixels], "cell patches");
  const moves = tensor(device, actions, [actions.length, 1], "actions");
  return {
    boards,
    patches: table,
    actions: moves,
    dispose: () => [boards, table, moves].forEach((t) => t.dispose()),
  };
}

/** Variance of all pixels of the given frames (C2), from how often each byte occurs. */
export function pixelVariance({ episodes, patches, frames }: GameData): number {
  const size = observationSize(episodes), counts = new Float64Array(patches.values);
  for (const frame of frames) {
    for (let cell = 0; cell < size; cell++) counts[episodes.observations[frame * size + cell]]++;
  }
  const pixels = patches.pixels ** 2;
  let total = 0, sum = 0, squares = 0;
  counts.forEach((count, value) => {
    for (let p = 0; p < pixels; p++) {
      const grey = patches.table[value * pixels + p];
      total += count;
      sum += count * grey;
      squares += count * grey * grey;
    }
  });
  return squares / total - (sum / total) ** 2;
}
