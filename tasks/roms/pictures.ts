/** Makes docs/images/{rampart,volley,swarm}.png, a moment of each of Tessera's own games: `deno run -A tasks/roms/pictures.ts`. */
import { fileURLToPath } from "node:url";
import { encodePng, type Picture, rgbPicture, upscale } from "../../lib/figures/mod.ts";
import {
  ATARI_ACTION_NAMES,
  AtariEnv,
  atariPlayer,
  coloursToRgb,
  SCREEN_HEIGHT,
  SCREEN_WIDTH,
} from "../../lib/games/mod.ts";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
/** Game and the frame of the tracker's play to show. */
const MOMENTS = [["Rampart", 2600], ["Volley", 331], ["Swarm", 330]] as const;
/** A television shows pixels about twice as wide as high. */
const WIDE = 2, SCALE = 2;

/** The picture as on a television. @param screen [210, 160] colour bytes */
export function television(screen: Uint8Array): Picture {
  const wide = new Uint8Array(WIDE * screen.length).map((_, i) => screen[Math.floor(i / WIDE)]);
  return upscale(rgbPicture(coloursToRgb(wide), WIDE * SCREEN_WIDTH, SCREEN_HEIGHT), SCALE);
}

/** The screen after so many frames of the tracker. */
export function moment(name: string, frames: number): Uint8Array {
  const env = new AtariEnv(name, { frameSkip: 1, repeatActionProbability: 0, observation: "ram" });
  const player = atariPlayer(env.game, "tracker");
  env.reset(0);
  for (let i = 0; i < frames; i++) env.step(env.actionNames.indexOf(ATARI_ACTION_NAMES[player.act(env.ram())]));
  return env.screen();
}

if (import.meta.main) {
  for (const [name, frames] of MOMENTS) {
    const path = `${IMAGES}${name.toLowerCase()}.png`;
    await Deno.writeFile(path, encodePng(television(moment(name, frames))));
    console.log(path);
  }
}
