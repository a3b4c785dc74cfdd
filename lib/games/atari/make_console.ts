/** Which console the games run on: the one place to change when there is another. */
import type { Console } from "./console.ts";
import { StellaConsole, type StellaState } from "./stella/stella_console.ts";

/** The state of that console. */
export type ConsoleState = StellaState;

/** A console without a cartridge. */
export function makeConsole(): Console<ConsoleState> {
  return new StellaConsole();
}
