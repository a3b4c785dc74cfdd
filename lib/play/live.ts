/** What a game must offer to be played in a live window, and what the window offers to the game. */

/** An RGB picture: bytes [height, width, 3]. */
export interface RgbPicture {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bytes [height, width, 3]. */
  readonly rgb: Uint8Array;
}

/** How good something is; the page has a colour for each. */
export type Mood = "plain" | "good" | "fair" | "bad";

/** All moods, in the order in which messages number them. */
export const MOODS: readonly Mood[] = ["plain", "good", "fair", "bad"];

/** One line of what is known at the moment. */
export interface Fact {
  /** What it is about: "Step". */
  readonly label: string;
  /** What is true: "legal: forward". */
  readonly value: string;
  /** Default "plain". */
  readonly mood?: Mood;
}

/** Keys that do one kind of thing, for the help and for the buttons. */
export interface KeyHelp {
  /** As a browser's `KeyboardEvent.key` names them: "3", "r", "ArrowLeft". */
  readonly keys: readonly string[];
  /** "choose the latent action". */
  readonly does: string;
}

/** One picture of the window. */
export interface ViewPlan {
  /** Shown below it. */
  readonly name: string;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Width of the picture on the page, divided by its height; default: pixels are squares. */
  readonly aspect?: number;
}

/** What a session draws on. Nothing waits for the browser; a page that is too slow misses pictures, never the last one, and never facts. */
export interface Screen {
  /** Shows a picture in view number `view`. @returns false if it takes the place of one that the page had no time for */
  show(view: number, picture: RgbPicture): boolean;
  /** Replaces the facts. The first one's mood also colours the first view's frame. */
  say(facts: readonly Fact[]): void;
  /** Adds a small picture to the history. */
  keep(picture: RgbPicture, label: string, mood: Mood): void;
  /** Empties the history. */
  forget(): void;
}

/** One player's game. Its calls come one after the other: each waits for the last to end. */
export interface LiveSession {
  /** A key went down, or repeats while it is held. `held`: all keys that were down then, this one too. */
  press(key: string, held: ReadonlySet<string>): void | Promise<void>;
  /** A key went up. `held`: the keys that were still down then. */
  release?(key: string, held: ReadonlySet<string>): void | Promise<void>;
  /** A moment passed: for games with a `rate`. `held`: the keys that are down; a short tap is only told by `press`. */
  tick?(held: ReadonlySet<string>): void | Promise<void>;
  /** The window was closed, or the server stops, which waits for this. */
  close?(): void | Promise<void>;
}

/** A game for a live window. */
export interface Live {
  /** Heading of the page. */
  readonly title: string;
  /** One or two sentences below it. */
  readonly about: string;
  /** Pictures, side by side. */
  readonly views: readonly ViewPlan[];
  /** What the keys do. */
  readonly keys: readonly KeyHelp[];
  /** Heading of the history; without it there is none. */
  readonly history?: string;
  /** Calls of `tick` in a second; without it the game moves only when a key does. */
  readonly rate?: number;
  /** Starts a game for a page that was opened; it should show its first picture. */
  open(screen: Screen): LiveSession | Promise<LiveSession>;
}
