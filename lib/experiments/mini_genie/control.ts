import type { Dreamer } from "../../models/mini_genie/mod.ts";
import { spread } from "./evaluation.ts";
import type { KnownWorld } from "./known_world.ts";
import { actionLabel, type Meaning } from "./meaning.ts";
import { psnrOf, recognise } from "./nearest_frames.ts";
import { tokenRows } from "./token_rows.ts";

/** What a model must answer to be judged. */
export type JudgedModel = Pick<
  Dreamer,
  "actions" | "tokens" | "views" | "encode" | "look" | "infer" | "predict" | "decodeExactly"
>;

/** How far latent actions decide what comes next: one step from every true state, decoded and recognised (spec 3 §7.2, items 5–7). */
export interface Control {
  /** Share of moves whose predicted picture is nearest to the true next frame, with the latent action inferred from the true pair. */
  readonly inferred: number;
  /** The same with any latent action: the mean over all. */
  readonly random: number;
  /** The same with the best of all latent actions. */
  readonly best: number;
  /** inferred − random: does the code matter? */
  readonly delta: number;
  /** PSNR against the true next frame with the inferred code, less that with any code, dB (Genie's ΔPSNR). */
  readonly deltaPsnr: number;
  /** Share with the one latent action that goes with the true action most often. */
  readonly byAction: number;
  /** The same by the heading after the move; null where headings are not known. */
  readonly byHeading: number | null;
  /** Share of the changing tokens that are foretold, from all probabilities, and from the likeliest latent action alone. */
  readonly changed: { readonly soft: number; readonly hard: number };
}

/** The moves of a world as grids, with what the action net infers from them. */
export interface InferredMoves {
  /** Codes before each move, i32 [moves, N]. */
  readonly before: Int32Array;
  /** Codes after each move, i32 [moves, N]. */
  readonly after: Int32Array;
  /** Latent action of each move. */
  readonly codes: Int32Array;
  /** f32 [moves, A] */
  readonly probabilities: Float32Array;
}

/** Encodes all frames of a world and infers the latent action of each move. */
export async function inferMoves(model: JudgedModel, { frames, moves }: KnownWorld): Promise<InferredMoves> {
  const from = moves.map((move) => move.from), to = moves.map((move) => move.to), n = model.tokens;
  const tokens = await model.encode(frames), looks = await model.look(frames), width = n * model.views;
  const inferred = await model.infer(tokenRows(looks, width, from), tokenRows(looks, width, to));
  return { before: tokenRows(tokens, n, from), after: tokenRows(tokens, n, to), ...inferred };
}

/** At most so many of the moves, spread evenly over those that were recorded; all where none was. */
function sampleMoves(world: KnownWorld, inferred: InferredMoves, most: number) {
  const recorded = [...world.moves.keys()].filter((i) => world.moves[i].count > 0);
  const all = recorded.length ? recorded : [...world.moves.keys()], n = inferred.before.length / world.moves.length;
  const chosen = spread(all.length, most).map((i) => all[i]),
    actions = inferred.probabilities.length / world.moves.length;
  const ints = (values: Int32Array, width: number) =>
    Int32Array.from(chosen.flatMap((i) => [...values.subarray(i * width, (i + 1) * width)]));
  return {
    moves: chosen.map((i) => world.moves[i]),
    before: ints(inferred.before, n),
    after: ints(inferred.after, n),
    codes: ints(inferred.codes, 1),
    probabilities: Float32Array.from(
      chosen.flatMap((i) => [...inferred.probabilities.subarray(i * actions, (i + 1) * actions)]),
    ),
  };
}

/**
 * Predicts recorded moves with every latent action and looks what came of it.
 *
 * @param found what latent actions agree with
 * @param most moves to predict; of more, a sample spread evenly
 */
export async function measureControl(
  model: JudgedModel,
  world: KnownWorld,
  inferred: InferredMoves,
  found: readonly Meaning[],
  most: number = Infinity,
): Promise<Control> {
  const { moves, before, after, codes, probabilities } = sampleMoves(world, inferred, most), size = world.side ** 2 * 3;
  const weights = moves.map(({ count }) => count), total = weights.reduce((a, b) => a + b, 0);
  const share = (hit: (i: number) => number) => moves.reduce((sum, _, i) => sum + weights[i] * hit(i), 0) / total;
  // right[k][i]: move i comes out true under latent action k.
  const right: boolean[][] = [], psnr: number[][] = [], hard = new Int32Array(after.length);
  for (let k = 0; k < model.actions; k++) {
    const next = await model.predict(before, new Int32Array(moves.length).fill(k));
    codes.forEach((code, i) => {
      if (code === k) hard.set(next.subarray(i * model.tokens, (i + 1) * model.tokens), i * model.tokens);
    });
    const pictures = await model.decodeExactly(next);
    right.push(recognise(pictures, world).map(({ nearest }, i) => nearest === moves[i].to));
    psnr.push(
      moves.map(({ to }, i) =>
        psnrOf(pictures.subarray(i * size, (i + 1) * size), world.frames.subarray(to * size, (to + 1) * size))
      ),
    );
  }
  const all = Array.from({ length: model.actions }, (_, k) => k),
    mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const own = share((i) => Number(right[codes[i]][i])),
    random = share((i) => mean(all.map((k) => Number(right[k][i]))));
  const by = (explanation: Meaning["explanation"], labelOf: (i: number) => string) => {
    const meaning = found.find((one) => one.explanation === explanation);
    if (!meaning) return null;
    const usual = new Map(meaning.labels.map((label, row) => [label, largest(meaning.table, row, model.actions)]));
    return share((i) => Number(right[usual.get(labelOf(i))!][i]));
  };
  const labelled = (explanation: Meaning["explanation"]) =>
    found.find((one) => one.explanation === explanation)?.labels ?? [];
  return {
    inferred: own,
    random,
    best: share((i) => Number(all.some((k) => right[k][i]))),
    delta: own - random,
    deltaPsnr: share((i) => psnr[codes[i]][i] - mean(all.map((k) => psnr[k][i]))),
    byAction: by("action", (i) => actionLabel(moves[i].action))!,
    byHeading: world.states &&
      by("heading after", (i) => labelled("heading after")[world.states![moves[i].to].heading]),
    changed: {
      soft: changedShare(before, after, await model.predict(before, probabilities)),
      hard: changedShare(before, after, hard),
    },
  };
}

/** Column of a row's largest entry. */
function largest(table: Float64Array, row: number, columns: number): number {
  let best = 0;
  for (let k = 1; k < columns; k++) if (table[row * columns + k] > table[row * columns + best]) best = k;
  return best;
}

/** Share of the tokens that change which are foretold; 0 where none changes. */
function changedShare(before: Int32Array, after: Int32Array, next: Int32Array): number {
  let changed = 0, right = 0;
  for (let i = 0; i < before.length; i++) {
    if (before[i] === after[i]) continue;
    changed++;
    right += Number(next[i] === after[i]);
  }
  return changed === 0 ? 0 : right / changed;
}
