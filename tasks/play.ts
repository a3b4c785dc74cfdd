/** `deno task play`: games and dreams in a page that this machine serves. */
import { type CommandGroup, mainGroup, member } from "./command_group.ts";
import { atari } from "./play/atari.ts";
import { miniGenie } from "./play/mini_genie.ts";

export const play: CommandGroup = {
  name: "play",
  summary: "Plays a game, or a model's dream of it, in a browser on this machine.",
  what: "GAME",
  help: "what to play",
  members: { atari: member(atari), "mini-genie": member(miniGenie) },
};

if (import.meta.main) await mainGroup(play);
