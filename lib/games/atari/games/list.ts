/** All games. To add one: write its definition in a file here, and add it to the list. */
import type { GameDefinition } from "../game_definition.ts";
import { breakout } from "./breakout.ts";
import { pong } from "./pong.ts";
import { rampart } from "./rampart.ts";
import { spaceInvaders } from "./space_invaders.ts";
import { swarm } from "./swarm.ts";
import { volley } from "./volley.ts";

/** The games that `AtariEnv` knows by name. */
export const ATARI_GAMES: readonly GameDefinition[] = [breakout, pong, spaceInvaders, rampart, volley, swarm];

/** Names for messages. */
export const ATARI_GAME_NAMES: readonly string[] = ATARI_GAMES.map(({ name }) => name);

/**
 * The game of this name: "Breakout", "breakout", "space_invaders" or "ALE/SpaceInvaders-v5".
 *
 * @throws RangeError that lists the games
 */
export function atariGame(name: string): GameDefinition {
  const plain = (text: string) => text.replace(/^ALE\//, "").replace(/-v5$/, "").replace(/[_\-\s]/g, "").toLowerCase();
  const found = ATARI_GAMES.find((game) => plain(game.name) === plain(name));
  if (found !== undefined) return found;
  throw new RangeError(`unknown Atari game "${name}". There are: ${ATARI_GAME_NAMES.join(", ")}`);
}
