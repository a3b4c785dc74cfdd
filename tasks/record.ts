/** `deno task record`: writes recordings of a game, or checks recordings from anywhere. */
import { type CommandGroup, mainGroup, member } from "./command_group.ts";
import { atari } from "./record/atari.ts";
import { check } from "./record/check.ts";
import { minigrid } from "./record/minigrid.ts";

export const record: CommandGroup = {
  name: "record",
  summary: "Records a game into a folder of episodes, or checks a folder of recordings made anywhere.",
  what: "GAME",
  help: "which game to record, or check",
  members: { minigrid: member(minigrid), atari: member(atari), check: member(check) },
};

if (import.meta.main) await mainGroup(record);
