import { observationAt } from "../../data/mod.ts";
import type { Device } from "../../device/mod.ts";
import { renderCells } from "../../games/mod.ts";
import { gridSide, tokenCount, type VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { compile, reshape, type Tensor } from "../../tensor/mod.ts";
import type { PredictedGames } from "./analyse.ts";
import { trueSteps } from "./perfect.ts";
import type { GameName } from "./settings.ts";

/** One step as the model sees it. Pictures are grey 0 … 1, [side, side]; entropies are bits, [grid, grid]. */
export interface ExampleStep {
  /** The move. */
  readonly action: number;
  /** The frame before it. */
  readonly frame: Float32Array;
  /** The frame decoded from its codes. */
  readonly reconstruction: Float32Array;
  /** The true next frame. */
  readonly next: Float32Array;
  /** Decoded from the likeliest next codes. */
  readonly predicted: Float32Array;
  /** Predicted entropy of every cell. */
  readonly entropy: Float32Array;
  /** True entropy of every cell. */
  readonly truth: Float64Array;
}

/** A few steps with their pictures. */
export interface ExampleSteps {
  /** S, pixels along a side. */
  readonly imageSide: number;
  /** g, cells along a side. */
  readonly gridSide: number;
  /** One column of the strip each. */
  readonly steps: readonly ExampleStep[];
}

/**
 * Steps spread evenly over the games, with what the decoder makes of their codes. Steps that change nothing on the board are passed over
 * where possible.
 */
export async function exampleSteps(
  device: Device,
  model: VqWorldModel,
  game: GameName,
  { games, predictions }: PredictedGames,
  count = 6,
): Promise<ExampleSteps> {
  const { episodes, patches } = games, { steps, tokens, codes, likeliest, entropy } = predictions;
  const truth = trueSteps(game, episodes), side = model.settings.imageSide;
  const chosen = chooseSteps(episodes.lengths, steps, truth.changed, tokens, count);
  const frameAt = (step: number) => Math.floor(step / steps) * (steps + 1) + step % steps;
  const cells = <T extends Int32Array | Float32Array | Float64Array>(values: T, at: number) =>
    values.slice(at * tokens, (at + 1) * tokens) as T;
  const decoded = await decode(device, model, [
    ...chosen.map((step) => cells(codes, frameAt(step))),
    ...chosen.map((step) => cells(likeliest, step)),
  ]);
  const draw = (step: number, after: number) =>
    renderCells(
      patches,
      observationAt(episodes, Math.floor(step / steps), step % steps + after),
      1,
      new Float32Array(side * side),
    );
  return {
    imageSide: side,
    gridSide: gridSide(model.settings),
    steps: chosen.map((step, i): ExampleStep => ({
      action: episodes.actions[step],
      frame: draw(step, 0),
      reconstruction: decoded[i],
      next: draw(step, 1),
      predicted: decoded[chosen.length + i],
      entropy: cells(entropy, step),
      truth: cells(truth.bits, step),
    })),
  };
}

/** Indices i·T + t of steps: one per chosen trajectory, at different times. */
export function chooseSteps(
  lengths: Uint16Array,
  steps: number,
  changed: Uint8Array,
  tokens: number,
  count: number,
): number[] {
  const games = Math.min(count, lengths.length);
  return Array.from({ length: games }, (_, i) => {
    const trajectory = Math.floor(i * lengths.length / games), length = lengths[trajectory];
    const wanted = Math.floor(i * length / games);
    for (let tried = 0; tried < length; tried++) {
      const step = trajectory * steps + (wanted + tried) % length;
      if (changed.subarray(step * tokens, (step + 1) * tokens).includes(1)) return step;
    }
    return trajectory * steps + wanted;
  });
}

/** Pictures of lists of codes. */
async function decode(device: Device, model: VqWorldModel, lists: readonly Int32Array[]): Promise<Float32Array[]> {
  const tokens = tokenCount(model.settings), pixels = model.settings.imageSide ** 2;
  const flat = new Int32Array(lists.length * tokens);
  lists.forEach((list, i) => flat.set(list, i * tokens));
  const program = compile(
    device,
    (codes: Tensor) => model.decoder.apply(model.quantizer.lookup(reshape(codes, [lists.length, tokens]))),
  );
  const pictures = await program.run(flat).data() as Float32Array;
  program.dispose();
  return lists.map((_, i) => pictures.slice(i * pixels, (i + 1) * pixels));
}
