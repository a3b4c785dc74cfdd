/** What page and server say to each other: text messages are JSON, pictures are bytes. */
import { type Fact, type Live, type Mood, MOODS, type RgbPicture } from "./live.ts";

/** What a page says. */
export type PageMessage =
  | { readonly type: "press"; readonly key: string; readonly repeat: boolean }
  | { readonly type: "release"; readonly key: string }
  /** A picture of a view has been drawn. */
  | { readonly type: "shown" }
  /** The page lost the keyboard: no key is down any more. */
  | { readonly type: "blur" };

/** Longest message that is read, in characters. A page says far less. */
const LONGEST = 512;
/** Longest name of a key. */
const LONGEST_KEY = 32;

/**
 * Reads what a page said.
 * @returns the message, or the problem with it as a sentence: anything may arrive, and nothing of it is trusted
 */
export function readPageMessage(data: unknown): PageMessage | { readonly problem: string } {
  if (typeof data !== "string") return { problem: "expected a text message but found bytes" };
  if (data.length > LONGEST) {
    return { problem: `expected at most ${LONGEST} characters but found ${data.length}` };
  }
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return { problem: "expected JSON but found something else" };
  }
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    return { problem: "expected an object with a type but found none" };
  }
  const { type, key, repeat } = message as Record<string, unknown>;
  if (type === "blur" || type === "shown") return { type };
  if (type !== "press" && type !== "release") {
    return { problem: `expected the type press, release, blur or shown but found ${JSON.stringify(type) ?? "none"}` };
  }
  if (typeof key !== "string" || key === "" || key.length > LONGEST_KEY) {
    return { problem: `expected the name of a key but found ${JSON.stringify(key) ?? "none"}` };
  }
  return type === "press" ? { type, key, repeat: repeat === true } : { type, key };
}

/** First message to a page: all that does not change. */
export function hello({ title, about, views, keys, history }: Live): string {
  return JSON.stringify({ type: "hello", title, about, views, keys, history: history ?? null });
}

/** New facts. */
export function facts(facts: readonly Fact[]): string {
  return JSON.stringify({ type: "facts", facts });
}

/** Empties the history. */
export function forget(): string {
  return JSON.stringify({ type: "forget" });
}

/** Something went wrong, for the player to read. */
export function problem(text: string): string {
  return JSON.stringify({ type: "problem", text });
}

/** Where a picture belongs: in a view, or in the history. */
export type Place =
  | { readonly view: number }
  | { readonly label: string; readonly mood: Mood };

/** Bytes before the label: kind, view or mood, width, height, bytes of the label; each u32, low byte first. */
export const PICTURE_HEAD = 20;

/**
 * A picture as bytes: head, label, then RGB row by row.
 * @throws RangeError when the bytes are not those of such a picture
 */
export function picturePacket({ width, height, rgb }: RgbPicture, place: Place): Uint8Array<ArrayBuffer> {
  if (rgb.length !== width * height * 3) {
    throw new RangeError(`expected ${width} × ${height} × 3 bytes but found ${rgb.length}`);
  }
  const label = new TextEncoder().encode("label" in place ? place.label : "");
  const packet = new Uint8Array(PICTURE_HEAD + label.length + rgb.length), head = new DataView(packet.buffer);
  const words = "view" in place ? [0, place.view] : [1, MOODS.indexOf(place.mood)];
  [...words, width, height, label.length].forEach((word, i) => head.setUint32(4 * i, word, true));
  packet.set(label, PICTURE_HEAD);
  packet.set(rgb, PICTURE_HEAD + label.length);
  return packet;
}
