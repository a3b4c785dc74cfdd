import type { Choice } from "../../models/mini_genie/mod.ts";
import type { Stream } from "../../random.ts";
import type { JudgedModel } from "./control.ts";
import { seeDream, type SeenDream } from "./dream_validity.ts";
import type { KnownWorld } from "./known_world.ts";
import { stepJudge, type Verdict } from "./verdict.ts";

/** A dream, picture by picture, beside what the true world says of it. */
export interface DreamFilm {
  /** Side S of the pictures in pixels. */
  readonly side: number;
  /** Latent action of each step, [T] */
  readonly codes: readonly number[];
  /** What the model sees, bytes [S, S, 3] each, [T + 1] */
  readonly pictures: readonly Uint8Array[];
  /** The nearest true frame of each picture, bytes [S, S, 3] each, [T + 1] */
  readonly nearest: readonly Uint8Array[];
  /** PSNR against it, dB, [T + 1] */
  readonly psnr: readonly number[];
  /** What each step did, [T + 1]; the first is "start". */
  readonly verdicts: readonly Verdict[];
  /** Different true frames that the dream visits. */
  readonly states: number;
  /** A real walk whose latent actions the dream follows, and whether each picture shows its frame, [T + 1]; null for other dreams. */
  readonly walk: { readonly frames: readonly Uint8Array[]; readonly right: readonly boolean[] } | null;
}

/** Which dream. */
export interface DreamPlan {
  /** True frame that the dream starts from; default 0, where episodes start. */
  readonly start?: number;
  /** Latent action of each step. */
  readonly codes: readonly number[];
  /** Default greedy. */
  readonly choice?: Choice;
}

/** A real walk, and the latent actions that the model infers from it. */
export interface Walk {
  /** True frames, [T + 1] */
  readonly frames: readonly number[];
  /** Latent action of each step, [T] */
  readonly codes: readonly number[];
}

/**
 * Dreams from a true frame under latent actions of one's choice.
 *
 * @example
 * ```ts
 * const film = await dreamFilm(dreamer, world, { codes: Array(50).fill(0) }); // as the original: code 0, again and again
 * await displayImage(dreamGif(film), dreamCaption(film));
 * ```
 * @throws RangeError for a frame or a latent action that does not exist
 */
export async function dreamFilm(
  model: JudgedModel,
  world: KnownWorld,
  { start = 0, codes, choice = "greedy" }: DreamPlan,
): Promise<DreamFilm> {
  const wrong = codes.find((code) => !Number.isInteger(code) || code < 0 || code >= model.actions);
  if (wrong !== undefined) {
    throw new RangeError(`dream: expected latent actions from 0 to ${model.actions - 1} but found ${wrong}`);
  }
  const grid = await model.encode(frameOf(world, start).slice());
  const seen = await seeDream(model, world, grid, codes.map((code) => Int32Array.of(code)), choice);
  return await filmOf(model, world, seen, codes);
}

/** Dreams under the latent actions of a real walk: every picture should show what really came (spec 3 R8). */
export async function followWalk(model: JudgedModel, world: KnownWorld, { frames, codes }: Walk): Promise<DreamFilm> {
  const film = await dreamFilm(model, world, { start: frames[0], codes });
  const truth = frames.map((frame) => frameOf(world, frame));
  return {
    ...film,
    walk: { frames: truth, right: truth.map((frame, t) => same(frame, film.nearest[t])) },
  };
}

/**
 * A walk along recorded moves, each as likely as it was recorded. It ends early where no move leads on.
 *
 * @param codes latent action of each move of the world
 */
export function realWalk(
  world: KnownWorld,
  codes: ArrayLike<number>,
  stream: Stream,
  { start = 0, steps = 50 }: { readonly start?: number; readonly steps?: number } = {},
): Walk {
  const onward = new Map<number, number[]>();
  world.moves.forEach(({ from, count }, i) => {
    if (count > 0) onward.set(from, [...onward.get(from) ?? [], i]);
  });
  const frames = [start], taken: number[] = [];
  while (taken.length < steps) {
    // A walk into a dead end, such as the goal, would be over.
    const open = (onward.get(frames.at(-1)!) ?? []).filter((i) => onward.has(world.moves[i].to));
    if (open.length === 0) break;
    const move = open[stream.categorical(open.map((i) => world.moves[i].count))];
    frames.push(world.moves[move].to);
    taken.push(codes[move]);
  }
  return { frames, codes: taken };
}

/** The first of the dreams in `seen` as a film. */
export async function filmOf(
  model: Pick<JudgedModel, "decodeExactly" | "tokens">,
  world: KnownWorld,
  { moments, grids }: SeenDream,
  codes: readonly number[],
): Promise<DreamFilm> {
  const judge = stepJudge(world), own = moments.map(([first]) => first), pictures: Uint8Array[] = [];
  for (const grid of grids) {
    const decoded = await model.decodeExactly(grid.slice(0, model.tokens));
    pictures.push(Uint8Array.from(decoded, (value) => Math.floor(255 * value)));
  }
  return {
    side: world.side,
    codes,
    pictures,
    nearest: own.map(({ nearest }) => frameOf(world, nearest)),
    psnr: own.map(({ psnr }) => psnr),
    verdicts: own.map(({ nearest }, t) => t === 0 ? "start" : judge(own[t - 1].nearest, nearest).verdict),
    states: new Set(own.map(({ nearest }) => nearest)).size,
    walk: null,
  };
}

/** Bytes [S, S, 3] of a true frame. */
function frameOf({ frames, side, count }: KnownWorld, frame: number): Uint8Array {
  if (!Number.isInteger(frame) || frame < 0 || frame >= count) {
    throw new RangeError(`dream: expected a true frame from 0 to ${count - 1} but found ${frame}`);
  }
  const size = side * side * 3;
  return frames.subarray(frame * size, (frame + 1) * size);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}
