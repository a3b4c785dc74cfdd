import type { InferredMoves, JudgedModel } from "./control.ts";
import { spread } from "./evaluation.ts";
import type { KnownWorld } from "./known_world.ts";
import { recognise } from "./nearest_frames.ts";
import type { Settings } from "./settings.ts";
import { tokenRows } from "./token_rows.ts";

/** How well the VQ-VAE sees the true frames: all of them, or of a large world a sample spread evenly. */
export interface Eyes {
  /** Mean PSNR over the frames, of the mean squared error, dB; and of the worst frame. */
  readonly psnr: number;
  readonly worstPsnr: number;
  /** Share of the frames whose reconstruction is nearest to themselves, among all true frames. */
  readonly nearest: number;
  /** Codes that the true frames take, and different grids: of all frames. */
  readonly codesUsed: number;
  readonly grids: number;
  /** Tokens that a move changes, of N, on average. */
  readonly changedTokens: number;
}

/** What can be said of a VQ-VAE alone, before there are latent actions. Plain data. */
export interface EyesAnalysis {
  readonly eyes: Eyes;
  /** Side of the token grid; N is its square. */
  readonly gridSide: number;
  /** Codes of the codebook V. */
  readonly codeCount: number;
  /** What is known of the true world: frames, and moves that change the picture, of which so many were recorded. */
  readonly world: { readonly frames: number; readonly moves: number; readonly recorded: number };
  /** Tokens that each recorded move changes, and how often it was recorded. */
  readonly changes: readonly { readonly tokens: number; readonly count: number }[];
}

/** The moves of a world as grids before and after, i32 [moves, N] each. */
export type MoveGrids = Pick<InferredMoves, "before" | "after">;

/** Encodes all frames of a world. @returns the grids of its moves */
export async function moveGrids(
  model: Pick<JudgedModel, "encode" | "tokens">,
  { frames, moves }: KnownWorld,
): Promise<MoveGrids> {
  const tokens = await model.encode(frames), n = model.tokens;
  const rows = (which: "from" | "to") => tokenRows(tokens, n, moves.map((move) => move[which]));
  return { before: rows("from"), after: rows("to") };
}

/** Most frames, and most moves, that are decoded and compared with all true frames. */
export const MOST_JUDGED = 512;

/** Encodes all true frames, decodes them (or a sample) and looks what they show. @param most frames to decode */
export async function judgeEyes(
  model: Pick<JudgedModel, "encode" | "decodeExactly" | "tokens">,
  world: KnownWorld,
  { before, after }: MoveGrids,
  most: number = MOST_JUDGED,
): Promise<Eyes> {
  const tokens = await model.encode(world.frames), n = model.tokens, size = world.side ** 2 * 3;
  const grid = (frame: number) => tokens.subarray(frame * n, (frame + 1) * n);
  const chosen = spread(world.count, most);
  const pictures = await model.decodeExactly(tokenRows(tokens, n, chosen)), seen = recognise(pictures, world);
  const errors = chosen.map((frame, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += (255 * pictures[i * size + j] - world.frames[frame * size + j]) ** 2;
    return sum / size;
  });
  const decibels = (error: number) => 10 * Math.log10(255 ** 2 / Math.max(error, 1e-9));
  let changed = 0;
  for (let i = 0; i < before.length; i++) changed += Number(before[i] !== after[i]);
  return {
    psnr: decibels(errors.reduce((a, b) => a + b, 0) / errors.length),
    worstPsnr: decibels(Math.max(...errors)),
    nearest: seen.filter(({ nearest }, i) => nearest === chosen[i]).length / chosen.length,
    codesUsed: new Set(tokens).size,
    grids: new Set(Array.from({ length: world.count }, (_, frame) => grid(frame).join())).size,
    changedTokens: world.moves.length === 0 ? 0 : changed / world.moves.length,
  };
}

/** Gathers what is known of the eyes of a model. */
export function analyseEyes(
  { model }: Pick<Settings, "model">,
  { count, moves }: KnownWorld,
  { before, after }: MoveGrids,
  eyes: Eyes,
): EyesAnalysis {
  const n = before.length / moves.length;
  const changed = (move: number) => {
    let tokens = 0;
    for (let p = move * n; p < (move + 1) * n; p++) tokens += Number(before[p] !== after[p]);
    return tokens;
  };
  const changes = moves.map(({ count }, move) => ({ tokens: changed(move), count })).filter(({ count }) => count > 0);
  return {
    eyes,
    gridSide: Math.sqrt(n),
    codeCount: model.vqVae.codes,
    world: { frames: count, moves: moves.length, recorded: changes.length },
    changes,
  };
}
