/** Mini-Genie's dream in a live window: keys choose latent actions, the true world says whether the dream keeps to its rules. */
import {
  type CodeNames,
  type DreamMoment,
  type KnownWorld,
  LiveDream,
  nameOfCode,
} from "../../lib/experiments/mini_genie/mod.ts";
import { ACTION_NAMES_MINIGRID } from "../../lib/games/mod.ts";
import type { DreamModel } from "../../lib/experiments/mini_genie/mod.ts";
import type { Fact, KeyHelp, Live, LiveSession, Mood, RgbPicture, Screen } from "../../lib/play/mod.ts";
import type { Stream } from "../../lib/random.ts";

/** What the window shows. */
export interface DreamWindowOptions {
  readonly model: DreamModel;
  readonly world: KnownWorld;
  /** Meaning of the latent actions; null where none was found. */
  readonly names: CodeNames | null;
  /** Chooses where dreams start. */
  readonly stream: Stream;
  /** Which model this is: "small, corrected, seed 0". */
  readonly about: string;
}

const MOODS: Readonly<Record<DreamMoment["verdict"], Mood>> = {
  start: "plain",
  legal: "good",
  stay: "fair",
  impossible: "bad",
};
/** Arrows by heading: 0 right, 1 down, 2 left, 3 up. */
const BY_HEADING = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"];
/** Arrows by action: 0 left, 1 right, 2 forward. */
const BY_ACTION = ["ArrowLeft", "ArrowRight", "ArrowUp"];

/** The dream as a game for `serveLive`. */
export function dreamWindow({ model, world, names, stream, about }: DreamWindowOptions): Live {
  const { side } = world, digits = Array.from({ length: Math.min(10, model.actions) }, (_, code) => String(code));
  const arrows = names === null ? [] : names.by === "heading" ? BY_HEADING : BY_ACTION;
  const codeOf = new Map<string, number>([
    ...digits.map((key, code): [string, number] => [key, code]),
    ...arrows.map((key, meaning): [string, number] => [key, names!.codes[meaning]]),
  ]);
  const keys: KeyHelp[] = [
    { keys: digits, does: "one step with this latent action" },
    ...arrows.length === 0
      ? []
      : [{ keys: arrows, does: `the latent action that means ${names!.by === "heading" ? "this heading" : "this"}` }],
    { keys: ["r"], does: "start anew from a random true frame" },
  ];
  return {
    title: "Mini-Genie: play the dream",
    about:
      `${about}. From the first frame on, everything on the left is the model's own: each step it is given its last ` +
      "frame and a latent action, and sees what comes next. On the right, the true frame that is nearest.",
    views: [
      { name: "The dream", width: side, height: side },
      { name: "The nearest true frame", width: side, height: side },
    ],
    keys,
    history: "So far",
    open: (screen) => openDream(new LiveDream(model, world, stream), { screen, side, names, codeOf }),
  };
}

interface Surroundings {
  readonly screen: Screen;
  readonly side: number;
  readonly names: CodeNames | null;
  readonly codeOf: ReadonlyMap<string, number>;
}

async function openDream(dream: LiveDream, { screen, side, names, codeOf }: Surroundings): Promise<LiveSession> {
  const counts = { legal: 0, stay: 0, impossible: 0 };
  const picture = (rgb: Uint8Array): RgbPicture => ({ width: side, height: side, rgb });
  const show = (moment: DreamMoment) => {
    if (moment.verdict !== "start") counts[moment.verdict]++;
    screen.show(0, picture(moment.picture));
    screen.show(1, picture(dream.frame(moment.nearest)));
    screen.keep(picture(moment.picture), moment.code === null ? "start" : String(moment.code), MOODS[moment.verdict]);
    screen.say(factsOf(moment, counts, names));
  };
  const reset = async () => {
    Object.assign(counts, { legal: 0, stay: 0, impossible: 0 });
    screen.forget();
    show(await dream.reset());
  };
  await reset();
  return {
    async press(key) {
      if (key === "r") return await reset();
      const code = codeOf.get(key);
      if (code !== undefined) show(await dream.step(code));
    },
  };
}

function factsOf(
  { verdict, action, code, step, psnr }: DreamMoment,
  counts: Readonly<Record<"legal" | "stay" | "impossible", number>>,
  names: CodeNames | null,
): Fact[] {
  const meaning = code === null ? null : nameOfCode(names, code);
  const says = {
    start: "a true frame",
    legal: `legal: ${action === null ? "" : ACTION_NAMES_MINIGRID[action]}`,
    stay: "stay: nothing changed",
    impossible: "impossible: no action does this",
  };
  return [
    { label: "Last step", value: says[verdict], mood: MOODS[verdict] },
    { label: "Latent action", value: code === null ? "–" : `${code}${meaning ? ` (${meaning})` : ""}` },
    { label: "Steps", value: String(step) },
    { label: "Legal / stay / impossible", value: `${counts.legal} / ${counts.stay} / ${counts.impossible}` },
    { label: "Likeness to the true frame", value: `${psnr.toFixed(1)} dB` },
  ];
}
