import { Stream } from "../../random.ts";
import { type Card, cardRun, type Run, writeCard } from "../../runs/mod.ts";
import { actionMap, type ActionMapOptions } from "./action_map.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { cardOf } from "./claims.ts";
import type { JudgedModel } from "./control.ts";
import { type DreamFilm, filmOf, followWalk, realWalk } from "./dream_film.ts";
import { analyseEyes, type EyesAnalysis, judgeEyes, moveGrids } from "./eyes.ts";
import { judge, type JudgeOptions } from "./judge.ts";
import { type KnownWorld, knownWorld } from "./known_world.ts";
import { seeFrames, type SeenFrame } from "./seen_frames.ts";
import type { Settings } from "./settings.ts";
import type { Experiment } from "./train.ts";

/** A trained model examined: its analysis, and what the figures show besides. */
export interface Study {
  readonly analysis: Analysis;
  /** The true world that it learnt from. */
  readonly world: KnownWorld;
  /** Some true frames with their codes and reconstructions. */
  readonly seen: readonly SeenFrame[];
  readonly films: {
    /** The original's dream: latent action 0 from the first frame, again and again; sampled where R8 is not repaired. */
    readonly constant: DreamFilm;
    /** The latent actions of a real walk. */
    readonly walk: DreamFilm;
  };
}

/** What a trained VQ-VAE sees, before there are latent actions. */
export interface EyesStudy {
  readonly analysis: EyesAnalysis;
  readonly world: KnownWorld;
  readonly seen: readonly SeenFrame[];
}

/** How thorough a study is. */
export interface StudyOptions extends ActionMapOptions, Omit<JudgeOptions, "sampled"> {}

/**
 * Judges a trained model against the world that it learnt from (spec 3 §7). Some ten seconds on two cores.
 *
 * @example
 * ```ts
 * const { analysis, films } = await miniGenie.study(experiment);
 * console.log(miniGenie.experimentSummary([analysis]));
 * ```
 */
export function study(
  { dreamer, settings, recording, seed }: Pick<Experiment, "dreamer" | "settings" | "recording" | "seed">,
  options: StudyOptions = {},
): Promise<Study> {
  return studyModel(dreamer, knownWorld(settings, recording), settings, seed, options);
}

/** Judges the first stage alone: for a notebook that looks at reconstructions and tokens before it goes on. */
export async function studyEyes(
  { dreamer, settings, recording }: Pick<Experiment, "dreamer" | "settings" | "recording">,
): Promise<EyesStudy> {
  const world = knownWorld(settings, recording), grids = await moveGrids(dreamer, world);
  const eyes = await judgeEyes(dreamer, world, grids);
  return { analysis: analyseEyes(settings, world, grids, eyes), world, seen: await seeFrames(dreamer, world) };
}

/** Judges any model that can be asked. @param seed of permutations, random codes, sampled tokens and the walk */
export async function studyModel(
  model: JudgedModel,
  world: KnownWorld,
  settings: Settings,
  seed: number,
  { points, ...how }: StudyOptions = {},
): Promise<Study> {
  const judged = await judge(model, world, seed, { ...how, sampled: !settings.repairs.R8 });
  const { inferred, shown } = judged, steps = shown.grids.length - 1;
  const map = actionMap(world, inferred, Stream.named(seed, "study/t-SNE"), points === undefined ? {} : { points });
  const walk = realWalk(world, inferred.codes, Stream.named(seed, "study/walk"), { steps });
  return {
    analysis: analyse(settings, judged, map),
    world,
    seen: await seeFrames(model, world),
    films: {
      constant: await filmOf(model, world, shown, new Array<number>(steps).fill(0)),
      walk: await followWalk(model, world, walk),
    },
  };
}

/** Writes the run's reproduction card. @param seconds of training */
export async function writeRunCard(run: Run, analysis: Analysis, seconds: number): Promise<Card> {
  const card = cardOf(analysis, await cardRun(run.config.seed, seconds, run.config.device));
  await writeCard(run.folder, card);
  return card;
}
