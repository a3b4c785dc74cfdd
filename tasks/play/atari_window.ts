/** An Atari game in a live window, 60 frames a second where the machine is fast enough, and recorded if that is wanted. */
import {
  ATARI_ACTION_NAMES,
  atariGame,
  type AtariRecordingSettings,
  coloursToRgb,
  EpisodeKeeper,
  episodeSeed,
  type HumanRecording,
  type RecordingEnv,
  recordingEnv,
  SCREEN_HEIGHT,
  SCREEN_WIDTH,
} from "../../lib/games/mod.ts";
import type { Fact, Live, LiveSession, Screen } from "../../lib/play/mod.ts";
import { actionOf, keyHelp, PAUSE_KEY, RESET_KEYS } from "./atari_keys.ts";

/** Frames per second of an NTSC television. */
const RATE = 60;
/** Width of a television's picture, divided by its height. */
const ASPECT = 4 / 3;

/** The game as `serveLive` takes it. @param recording where episodes are kept; null for nowhere */
export function atariWindow(settings: AtariRecordingSettings, recording: HumanRecording | null): Live {
  const game = atariGame(settings.game), { frameSkip } = settings;
  const actionNames = game.actions.map((action) => ATARI_ACTION_NAMES[action]);
  const acts = frameSkip === 1 ? "" : `An action is held for ${frameSkip} frames. `;
  const keeps = recording
    ? `Games are recorded into ${recording.folder}, also those that are broken off.`
    : "Nothing is recorded.";
  return {
    title: `${game.name}: the real game`,
    about: `An Atari 2600, frame by frame. ${acts}${keeps}`,
    views: [{ name: game.name, width: SCREEN_WIDTH, height: SCREEN_HEIGHT, aspect: ASPECT }],
    keys: keyHelp(game, actionNames),
    rate: RATE,
    open: async (screen) => {
      const session = new AtariSession(screen, settings, recording);
      await session.begin("ready");
      return session;
    },
  };
}

type Phase = "ready" | "playing" | "paused" | "over" | "cut";

const SAYS: Readonly<Record<Phase, string>> = {
  ready: "press a key to begin",
  playing: "playing",
  paused: "paused: p goes on",
  over: "game over: Enter starts anew",
  cut: "cut off, it was long: Enter starts anew",
};

/** One player's games, one after the other. */
class AtariSession implements LiveSession {
  readonly #env: RecordingEnv;
  readonly #game;
  /** Frames that are played but not shown yet: a step plays several at once. */
  #waiting: Uint8Array[] = [];
  #keeper: EpisodeKeeper | null = null;
  #episode = 0;
  #games = 0;
  #phase: Phase = "ready";
  readonly #down = new Set<string>();
  /** Keys that were pressed since the last action, even if they are up again. */
  readonly #tapped = new Set<string>();
  #shown = 0;
  #since = performance.now();
  #rate = "–";
  #said = "";

  constructor(
    readonly screen: Screen,
    readonly settings: AtariRecordingSettings,
    readonly recording: HumanRecording | null,
  ) {
    this.#env = recordingEnv(settings, (game) => this.#waiting.push(game.screen()));
    this.#game = atariGame(settings.game);
  }

  async begin(phase: Phase): Promise<void> {
    await this.#keep();
    this.#episode = this.recording ? this.recording.begin() : this.#games++;
    const { observation } = this.#env.reset(episodeSeed(this.settings, this.#episode)), { env } = this.#env;
    this.#waiting = [];
    if (this.recording) this.#keeper = new EpisodeKeeper(this.settings.preprocess, observation, env.lives);
    this.#phase = phase;
    this.#show(env.screen());
    this.#say();
  }

  async press(key: string): Promise<void> {
    if (this.#down.has(key)) return; // it repeats
    this.#down.add(key);
    if (RESET_KEYS.includes(key)) return await this.begin("playing");
    if (key === PAUSE_KEY && this.#phase === "playing") this.#phase = "paused";
    else if (["ready", "paused"].includes(this.#phase)) this.#phase = "playing";
    if (key !== PAUSE_KEY) this.#tapped.add(key);
    this.#say();
  }

  release(key: string): void {
    this.#down.delete(key);
  }

  async tick(held: ReadonlySet<string>): Promise<void> {
    this.#measure();
    if (this.#phase !== "playing") return;
    if (this.#waiting.length === 0) this.#step(held);
    this.#show(this.#waiting.shift()!);
    if (this.#waiting.length === 0) await this.#look();
    this.#say();
  }

  async close(): Promise<void> {
    await this.#keep();
  }

  #step(held: ReadonlySet<string>): void {
    const action = actionOf(held.union(this.#tapped), this.#game, this.#env.actionNames);
    this.#tapped.clear();
    this.#keeper?.add(action, this.#env.step(action), this.#env.env.lives);
    if (!this.#keeper) this.#env.step(action);
  }

  /** When all frames of a step are shown: does the game go on? */
  async #look(): Promise<void> {
    const full = this.#keeper !== null && this.#keeper.frames > this.settings.maxSteps;
    if (!this.#env.env.legalActions().length) this.#phase = "over";
    else if (full) this.#phase = "cut";
    else return;
    this.#say(); // keeping takes a moment
    await this.#keep();
  }

  /** Keeps what was played, if anything was. */
  async #keep(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = null;
    if (keeper !== null && keeper.frames > 1) await this.recording!.keep(this.#episode, keeper.trajectory());
  }

  #show(colours: Uint8Array): void {
    const picture = { width: SCREEN_WIDTH, height: SCREEN_HEIGHT, rgb: coloursToRgb(colours) };
    if (this.screen.show(0, picture)) this.#shown++;
  }

  /** Pictures per second, once a second. */
  #measure(): void {
    const now = performance.now(), seconds = (now - this.#since) / 1000;
    if (seconds < 1) return;
    this.#rate = this.#phase === "playing" ? `${Math.round(this.#shown / seconds)} per second` : "–";
    [this.#shown, this.#since] = [0, now];
    this.#say();
  }

  #say(): void {
    const { env } = this.#env, { rows } = this.recording ?? { rows: [] };
    const slow = Number.parseInt(this.#rate) < RATE - 5;
    const facts: Fact[] = [
      {
        label: "State",
        value: SAYS[this.#phase],
        mood: this.#phase === "over" ? "bad" : this.#phase === "playing" ? "good" : "fair",
      },
      { label: "Score", value: String(env.score) },
      { label: "Lives", value: this.#game.initial.lives > 0 ? String(env.lives) : "–" },
      { label: "Pictures", value: this.#rate, mood: slow ? "fair" : "plain" },
      ...this.recording
        ? [{
          label: "Recorded",
          value: `${rows.length} games, ${rows.reduce((sum, { length }) => sum + length + 1, 0)} frames`,
        }]
        : [],
    ];
    const text = JSON.stringify(facts);
    if (text === this.#said) return;
    this.#said = text;
    this.screen.say(facts);
  }
}
