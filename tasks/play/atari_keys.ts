/** Keys of an Atari game: arrows are the stick or the paddle, space is the button, digits are the actions themselves. */
import type { AtariEnv, GameDefinition } from "../../lib/games/mod.ts";
import type { KeyHelp } from "../../lib/play/mod.ts";

/** Keys that start a new game, and the one that stops time. */
export const RESET_KEYS = ["Enter", "F1"], PAUSE_KEY = "p";

const ARROWS = { ArrowUp: "UP", ArrowDown: "DOWN", ArrowLeft: "LEFT", ArrowRight: "RIGHT", " ": "FIRE" } as const;
const PARTS = ["UP", "DOWN", "LEFT", "RIGHT", "FIRE"] as const;

/** What the page says about the keys. */
export function keyHelp({ controller }: GameDefinition, actionNames: AtariEnv["actionNames"]): KeyHelp[] {
  const turns = controller === "joystick" ? "move" : "turn the paddle: → and ↑ are RIGHT, ← and ↓ are LEFT";
  const digits = actionNames.slice(0, 10).map((_, action) => String(action));
  // A joystick shows the directions in which the game can go; a paddle turns with all four.
  const moves = (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] as const).filter((key) =>
    controller !== "joystick" || actionNames.some((name) => name.includes(ARROWS[key]))
  );
  return [
    { keys: moves, does: turns },
    { keys: [" "], does: "FIRE" },
    { keys: RESET_KEYS, does: "RESET: a new game" },
    { keys: [PAUSE_KEY], does: "pause, and go on" },
    { keys: digits, does: actionNames.slice(0, 10).map((name, action) => `${action} ${name}`).join(", ") },
  ];
}

/** The action that these keys mean: of those that want nothing that is not held, the one that wants most. */
export function actionOf(
  keys: ReadonlySet<string>,
  { controller }: GameDefinition,
  actionNames: AtariEnv["actionNames"],
): number {
  const digit = actionNames.findIndex((_, action) => action < 10 && keys.has(String(action)));
  if (digit >= 0) return digit;
  const held = new Set<string>();
  for (const [key, part] of Object.entries(ARROWS)) {
    if (!keys.has(key)) continue;
    // A paddle has one axis; in games with upright bats RIGHT is up.
    const axis = { UP: "RIGHT", DOWN: "LEFT" } as Record<string, string>;
    held.add(controller === "joystick" ? part : axis[part] ?? part);
  }
  let best = 0, most = 0;
  actionNames.forEach((name, action) => {
    const wanted = PARTS.filter((part) => name.includes(part));
    if (wanted.length > most && wanted.every((part) => held.has(part))) [best, most] = [action, wanted.length];
  });
  return best;
}
