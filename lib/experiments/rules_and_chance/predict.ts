import type { Device } from "../../device/mod.ts";
import { tokenCount, type VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { argmax, compile, entropyBits, gatherRows, reshape, type Tensor, tensor } from "../../tensor/mod.ts";
import { type DeviceData, type GameData, uploadGames } from "./data.ts";
import { encodeAll } from "./encode.ts";

/** What a model says about recorded games, on the host: the input of every analysis. */
export interface Predictions {
  /** Trajectories n, steps T, tokens N, codes K, actions A. */
  readonly trajectories: number;
  readonly steps: number;
  readonly tokens: number;
  readonly codeCount: number;
  readonly actionCount: number;
  /** True steps of each trajectory, [n]. */
  readonly lengths: Uint16Array;
  /** Code of every frame and position, [n, T+1, N]. */
  readonly codes: Int32Array;
  /** [n, T] */
  readonly actions: Int32Array;
  /** Predicted entropy in bits of the next code, [n, T, N]. */
  readonly entropy: Float32Array;
  /** Likeliest next code, [n, T, N]. */
  readonly likeliest: Int32Array;
}

/** Steps predicted by one run of a program. */
const CHUNK = 256;

/** Encodes all frames and predicts every step from its true frame, dropout off (spec 1 §7.1). */
export async function predictGames(device: Device, model: VqWorldModel, games: GameData): Promise<Predictions> {
  const data = uploadGames(device, games);
  try {
    return await predict(device, model, games, data);
  } finally {
    data.dispose();
  }
}

async function predict(
  device: Device,
  model: VqWorldModel,
  { episodes }: GameData,
  data: DeviceData,
): Promise<Predictions> {
  const { count, steps, lengths } = episodes, tokens = tokenCount(model.settings);
  const codes = await encodeAll(device, model, data);
  const table = tensor(device, codes, [codes.length / tokens, tokens], "codes of all frames");
  const total = count * steps, chunk = Math.min(CHUNK, total);
  const program = compile(device, (start: Tensor) => {
    const actions = reshape(gatherRows(data.actions, start), [chunk]);
    const { logits } = model.transition.apply(model.quantizer.lookup(gatherRows(table, start)), actions);
    return { entropy: entropyBits(logits), likeliest: argmax(logits) };
  });
  const entropy = new Float32Array(total * tokens), likeliest = new Int32Array(total * tokens);
  for (let start = 0; start < total; start += chunk) {
    const first = Math.min(start, total - chunk);
    const frames = Int32Array.from({ length: chunk }, (_, i) => frameOf(first + i, steps));
    const result = program.run(frames);
    entropy.set(await result.entropy.data() as Float32Array, first * tokens);
    likeliest.set(await result.likeliest.data() as Int32Array, first * tokens);
  }
  program.dispose();
  table.dispose();
  return {
    trajectories: count,
    steps,
    tokens,
    codeCount: model.settings.codes,
    actionCount: model.settings.actions,
    lengths,
    codes,
    actions: Int32Array.from(episodes.actions),
    entropy,
    likeliest,
  };
}

/** Index among all frames of the frame that step s (counted over all trajectories) starts from. */
function frameOf(step: number, steps: number): number {
  return Math.floor(step / steps) * (steps + 1) + step % steps;
}
