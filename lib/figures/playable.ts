/** Something to play inside of a notebook: pictures and which key leads from one to the next, as HTML that needs nothing else. */
import { escapeHtml } from "../html.ts";
import { inNotebook, settle, show } from "./notebook_channel.ts";
import type { Picture } from "./picture.ts";
import { pngUrl } from "./png.ts";

/** One moment of the play. */
export interface PlayablePlace {
  /** Pictures side by side, as many as `titles`. */
  readonly pictures: readonly Picture[];
  /** Below them. */
  readonly text: string;
  /** Where each key leads: the index of a place, or −1 where nothing is known. */
  readonly next: readonly number[];
  /** What each of these steps is called when it has been taken. */
  readonly told: readonly string[];
}

/** Something to play: places, and keys that lead from one to another. */
export interface Playable {
  /** Over everything. */
  readonly title: string;
  /** Over the pictures. */
  readonly titles: readonly string[];
  /** What the keys 0, 1 … are called; at most ten. */
  readonly keys: readonly string[];
  /** All that can be come to; `next` and `starts` count them from 0. */
  readonly places: readonly PlayablePlace[];
  /** Places that `r` starts from, one after the other. */
  readonly starts: readonly number[];
  /** Side of the pictures on the screen, in pixels; default 240. */
  readonly size?: number;
}

/**
 * Shows something to play: click into it, then press the keys 0, 1 …, or `r` to start elsewhere. Where scripts do not run (GitHub) the
 * first pictures stand still.
 *
 * @throws RangeError when a key leads to a place that does not exist, or there are more than ten keys
 */
export async function displayPlayable(playable: Playable): Promise<void> {
  const text =
    `${playable.title}: ${playable.places.length} pictures, keys ${playable.keys.map((_, i) => i).join(" ")}` +
    ` (${playable.keys.join(", ")}), r starts elsewhere`;
  await show({ "text/plain": text, ...inNotebook() ? { "text/html": playableHtml(playable) } : {} });
  await settle();
}

/** The HTML of `displayPlayable`: one element with its own script; several may stand in one page. */
export function playableHtml({ title, titles, keys, places, starts, size = 240 }: Playable): string {
  if (keys.length > 10) throw new RangeError(`playable: expected at most 10 keys but found ${keys.length}`);
  for (const [i, { pictures, next, told }] of places.entries()) {
    if (pictures.length !== titles.length || next.length !== keys.length || told.length !== keys.length) {
      throw new RangeError(
        `playable: expected ${titles.length} pictures and ${keys.length} keys at place ${i} but found ${pictures.length} and ${next.length}`,
      );
    }
  }
  const wrong = [...starts, ...places.flatMap(({ next }) => next.filter((to) => to !== -1))]
    .find((to) => !Number.isInteger(to) || to < 0 || to >= places.length);
  if (wrong !== undefined || starts.length === 0) {
    throw new RangeError(`playable: expected places from 0 to ${places.length - 1} but found ${wrong ?? "no start"}`);
  }
  // Each picture is stored once, however often it is shown.
  const urls: string[] = [], known = new Map<string, number>();
  const stored = (picture: Picture) => {
    const url = pngUrl(picture);
    if (!known.has(url)) known.set(url, urls.push(url) - 1);
    return known.get(url)!;
  };
  const data = {
    urls,
    places: places.map(({ pictures, text, next, told }) => ({ pictures: pictures.map(stored), text, next, told })),
    starts,
    keys,
  };
  const first = data.places[starts[0]];
  const image = (at: number, i: number) =>
    `<figure style="margin:0"><figcaption>${escapeHtml(titles[i])}</figcaption>` +
    `<img alt="${escapeHtml(titles[i])}" src="${
      urls[at]
    }" width="${size}" height="${size}" style="image-rendering:pixelated"></figure>`;
  return `<div class="tessera-playable" tabindex="0" style="font-family:sans-serif;outline-offset:4px;display:inline-block;padding:4px">
<b>${escapeHtml(title)}</b>
<div style="display:flex;gap:16px;margin:8px 0">${first.pictures.map(image).join("")}</div>
<div class="told" style="min-height:1.4em">${escapeHtml(first.text)}</div>
<div class="keys" style="margin-top:6px"></div>
<script type="application/json">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<script>(${PLAYER})(document.currentScript.parentElement)</script>
</div>`;
}

/** Runs in the page. It holds to its own element, so that several can be played side by side. */
const PLAYER = `(element) => {
  const { urls, places, starts, keys } = JSON.parse(element.querySelector("script[type='application/json']").textContent);
  const images = [...element.querySelectorAll("img")], told = element.querySelector(".told"), buttons = element.querySelector(".keys");
  let at = starts[0], start = 0, steps = 0;
  const draw = (what) => {
    places[at].pictures.forEach((picture, i) => images[i].src = urls[picture]);
    told.textContent = "step " + steps + (what ? ", " + what : "") + " — " + places[at].text;
  };
  const restart = () => {
    start = (start + 1) % starts.length;
    [at, steps] = [starts[start], 0];
    draw("a true frame");
  };
  const press = (key) => {
    const to = places[at].next[key];
    if (to < 0) return draw(keys[key] + " leads beyond what is stored here; r starts elsewhere");
    const what = places[at].told[key];
    [at, steps] = [to, steps + 1];
    draw(what);
  };
  keys.forEach((name, key) => {
    const button = document.createElement("button");
    button.textContent = key + "  " + name;
    button.addEventListener("click", () => press(key));
    buttons.append(button, " ");
  });
  const again = document.createElement("button");
  again.textContent = "r  start elsewhere";
  again.addEventListener("click", restart);
  buttons.append(again);
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = "0123456789".indexOf(event.key);
    if (event.key === "r") restart();
    else if (key >= 0 && key < keys.length) press(key);
    else return;
    // The notebook has shortcuts of its own for these keys.
    event.preventDefault();
    event.stopPropagation();
  });
  draw("a true frame");
}`;
