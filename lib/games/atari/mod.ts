/** Atari 2600: a console, the Arcade Learning Environment's interface to games, and what is usually wrapped around it. */

export {
  type Console,
  ConsoleError,
  type ConsoleFailure,
  type Joystick,
  type LoadOptions,
  RAM_SIZE,
  RomImageError,
  SCREEN_HEIGHT,
  SCREEN_WIDTH,
  type Switches,
} from "./console.ts";
export { checkRomSize, ROM_SIZES } from "./rom_image.ts";
export { StellaConsole, type StellaState } from "./stella/stella_console.ts";
export type { GraphArray, GraphScalar, GraphState } from "./stella/object_graph.ts";
