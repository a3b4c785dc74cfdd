import { categoryColours, CHANCE, type Picture, rgbPicture, RULE } from "../../../figures/mod.ts";
import { ACTION_NAMES_MINIGRID } from "../../../games/mod.ts";
import type { Verdict } from "../verdict.ts";

/** How verdicts on a dream's steps are drawn: steel blue is what the world's rules allow, coral what they do not. */
export const VERDICT_COLOURS: Readonly<Record<Verdict, string>> = {
  start: "#2b2b2b",
  legal: RULE,
  stay: "#8a8a8a",
  impossible: CHANCE,
};

/** "turn left", "forward": a true action as people say it. */
export function actionName(action: number): string {
  const name = ACTION_NAMES_MINIGRID[action] ?? `action ${action}`;
  if (name === "pickup") return "pick up";
  return name === "left" || name === "right" ? `turn ${name}` : name;
}

/** Colours of latent actions 0 … A−1, the same in every figure. */
export function codeColours(actions: number): string[] {
  return categoryColours(actions);
}

/** Bytes [S, S, 3] as a picture. */
export function framePicture(frame: Uint8Array, side: number): Picture {
  return rgbPicture(frame, side, side);
}

/** Tokens [g, g] as coloured cells. Hues a golden angle apart keep codes with near numbers apart. */
export function tokenPicture(tokens: ArrayLike<number>, gridSide: number): Picture {
  return rgbPicture(Array.from(tokens).flatMap(tokenColour), gridSide, gridSide);
}

/** Red, green and blue of a code. */
function tokenColour(code: number): number[] {
  const hue = code * 137.508 % 360, light = [0.42, 0.6, 0.76][code % 3], wide = 0.7 * Math.min(light, 1 - light);
  // From hue, saturation and lightness, as CSS has it.
  return [0, 8, 4].map((n) => {
    const k = (n + hue / 30) % 12;
    return 255 * (light - wide * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  });
}
