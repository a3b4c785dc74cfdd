import { separability } from "../../analysis/mod.ts";
import { Stream } from "../../random.ts";
import { type Control, inferMoves, type InferredMoves, type JudgedModel, measureControl } from "./control.ts";
import { type Eyes, judgeEyes, MOST_JUDGED } from "./eyes.ts";
import { type DreamValidity, seeDream, type SeenDream, validityOf } from "./dream_validity.ts";
import type { KnownWorld } from "./known_world.ts";
import { bestMeaning, type Meaning, meanings } from "./meaning.ts";

/** Everything of spec 3 §7.2 about one model. */
export interface Judgement {
  /** The VQ-VAE on the true frames. */
  readonly eyes: Eyes;
  /** Latent actions that occur. */
  readonly actionsUsed: number;
  readonly actions: number;
  readonly meanings: readonly Meaning[];
  /** Which explanation wins. */
  readonly best: Meaning;
  /** Share of states whose successors have codes of their own. */
  readonly separability: number;
  readonly control: Control;
  readonly dreams: readonly DreamValidity[];
}

/** What was judged, and what figures show besides. */
export interface Judged {
  readonly judgement: Judgement;
  readonly world: KnownWorld;
  readonly inferred: InferredMoves;
  /** The dream of the original: latent action 0 from the first recorded frame, as the mode dreams. */
  readonly shown: SeenDream;
}

/** How dreams are judged. */
export interface JudgeOptions {
  /** Steps of each dream; default 50, as the original. */
  readonly steps?: number;
  /** Starts of the dreams, at most; default 16. */
  readonly starts?: number;
  /** Candidates of the sampled dreams; default 50, as the original. */
  readonly k?: number;
  /** Frames, and moves, that are decoded and compared with all true frames, at most; default 512, spread evenly. */
  readonly most?: number;
  /** Whether the shown dream is sampled, as the original's is (R8 repairs it). */
  readonly sampled?: boolean;
}

/** Judges a model against the world that it learnt from. @param seed of permutations, random codes and sampled tokens */
export async function judge(
  model: JudgedModel,
  world: KnownWorld,
  seed: number,
  { steps = 50, starts = 16, k = 50, most = MOST_JUDGED, sampled = false }: JudgeOptions = {},
): Promise<Judged> {
  const inferred = await inferMoves(model, world);
  const found = meanings(world, inferred.codes, model.actions, Stream.named(seed, "judge/permutations"));
  const control = await measureControl(model, world, inferred, found, most);
  const plan = { steps, starts: Math.min(starts, world.count), k };
  const dreams = await judgeDreams(model, world, found, plan, seed);
  const first = await model.encode(world.frames.slice(0, world.side ** 2 * 3));
  const shown = await seeDream(
    model,
    world,
    first,
    Array.from({ length: steps }, () => Int32Array.of(0)),
    sampled ? { k, temperature: 1, stream: Stream.named(seed, "judge/shown") } : "greedy",
  );
  const judgement: Judgement = {
    eyes: await judgeEyes(model, world, inferred, most),
    actionsUsed: new Set(inferred.codes).size,
    actions: model.actions,
    meanings: found,
    best: bestMeaning(found),
    separability: separability(world.moves.map(({ from, to }, i) => ({ from, to, code: inferred.codes[i] }))),
    control,
    dreams,
  };
  return { judgement, world, inferred, shown };
}

/** Dreams with every constant code, with random codes, and with a script of true actions; greedy and sampled. */
async function judgeDreams(
  model: JudgedModel,
  world: KnownWorld,
  found: readonly Meaning[],
  { steps, starts, k }: { readonly steps: number; readonly starts: number; readonly k: number },
  seed: number,
): Promise<DreamValidity[]> {
  const n = starts, grids = await startGrids(model, world, n), random = Stream.named(seed, "judge/codes");
  const action = found.find(({ explanation }) => explanation === "action")!;
  const usual = action.labels.map((_, row) => {
    const own = action.table.subarray(row * model.actions, (row + 1) * model.actions);
    return own.indexOf(Math.max(...own));
  });
  const moment = (code: (i: number) => number) => Int32Array.from({ length: n }, (_, i) => code(i));
  const scripts: [string, Int32Array[]][] = [
    // Dream i keeps latent action i mod A.
    ["constant", Array.from({ length: steps }, () => moment((i) => i % model.actions))],
    ["random", Array.from({ length: steps }, () => moment(() => random.below(model.actions)))],
    ["script", Array.from({ length: steps }, (_, t) => moment((i) => usual[(t + i) % usual.length]))],
  ];
  const out: DreamValidity[] = [];
  for (const [codes, script] of scripts) {
    for (const choice of ["greedy", `top-${k}`]) {
      const how = choice === "greedy"
        ? "greedy" as const
        : { k, temperature: 1, stream: Stream.named(seed, `judge/${codes}`) };
      out.push(validityOf(await seeDream(model, world, grids, script, how), world, codes, choice));
    }
  }
  return out;
}

/** Grids of n frames of the world, evenly spread. */
async function startGrids(model: JudgedModel, { frames, side, count }: KnownWorld, n: number): Promise<Int32Array> {
  const size = side ** 2 * 3, chosen = new Uint8Array(n * size);
  for (let i = 0; i < n; i++) {
    const frame = Math.floor(i * count / n);
    chosen.set(frames.subarray(frame * size, (frame + 1) * size), i * size);
  }
  return await model.encode(chosen);
}
