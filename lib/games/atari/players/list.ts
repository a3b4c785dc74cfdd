/** Which players there are for which game. */
import { Stream } from "../../../random.ts";
import { AtariAction } from "../actions.ts";
import type { GameDefinition } from "../game_definition.ts";
import type { AtariPlayer, PlayerOptions } from "./player.ts";
import { rampartLoser, rampartTracker } from "./rampart.ts";
import { scriptedPlayer } from "./scripted.ts";
import { swarmLoser, swarmTracker } from "./swarm.ts";
import { volleyLoser, volleyTracker } from "./volley.ts";

type Makers = Readonly<Record<string, (frameSkip: number) => AtariPlayer>>;

/** Players that know a game's memory. */
const PLAYERS: Readonly<Record<string, Makers>> = {
  Rampart: { tracker: rampartTracker, loser: () => rampartLoser },
  Volley: { tracker: volleyTracker, loser: () => volleyLoser },
  Swarm: { tracker: swarmTracker, loser: () => swarmLoser },
};

/** Names of the players that a game has: "random", "idle" and "scripted" for each, "tracker" and "loser" where someone wrote them. */
export function atariPlayerNames(game: GameDefinition): string[] {
  return ["random", "idle", "scripted", ...Object.keys(PLAYERS[game.name] ?? {})];
}

/**
 * A player: "random" draws uniformly from the game's actions, "idle" does nothing, "scripted" moves about (spec 4), "tracker" plays well, "loser" loses.
 *
 * @throws RangeError that lists the game's players
 */
export function atariPlayer(game: GameDefinition, name: string, options: PlayerOptions = {}): AtariPlayer {
  const { frameSkip = 1, seed = 0 } = options;
  if (name === "random") {
    const stream = Stream.named(seed, "atari/random-player");
    return { act: () => game.actions[stream.below(game.actions.length)] };
  }
  if (name === "scripted") return scriptedPlayer(game, Stream.named(seed, "atari/scripted-player"));
  if (name === "idle") return { act: () => AtariAction.NOOP };
  const make = Object.entries(PLAYERS[game.name] ?? {}).find(([known]) => known === name)?.[1];
  if (make !== undefined) return make(frameSkip);
  throw new RangeError(`unknown player "${name}" of ${game.name}. There are: ${atariPlayerNames(game).join(", ")}`);
}
