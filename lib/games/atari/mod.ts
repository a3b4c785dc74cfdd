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
export { ATARI_ACTION_NAMES, AtariAction, type AtariActionName } from "./actions.ts";
export { AtariEnv, type StateAtari } from "./atari_env.ts";
export type { AtariObservation, AtariOptions } from "./atari_options.ts";
export {
  type BundledRom,
  type Controller,
  fromBcd,
  type GameDefinition,
  type GameStatus,
  type ModeSelect,
  type UserRom,
} from "./game_definition.ts";
export type { SessionState } from "./game_session.ts";
export { ATARI_GAME_NAMES, ATARI_GAMES, atariGame } from "./games/list.ts";
export { atariPlayer, atariPlayerNames } from "./players/list.ts";
export type { AtariPlayer, PlayerOptions } from "./players/player.ts";
export { averageColours, coloursToGrey, coloursToRgb, NTSC_GREY, NTSC_RGB } from "./palette.ts";
export {
  importRoms,
  listRoms,
  readRom,
  type RomEntry,
  RomError,
  romFolder,
  type RomImport,
  type UnknownRom,
} from "./rom_store.ts";
export {
  AtariPreprocessing,
  type AtariPreprocessingOptions,
  scaleObservation,
  type StateAtariPreprocessing,
} from "./atari_preprocessing.ts";
export {
  ColourPreprocessing,
  type ColourPreprocessingOptions,
  type StateColourPreprocessing,
} from "./colour_preprocessing.ts";
export { AreaResize, resizeTo84x64, SMALL_HEIGHT, SMALL_WIDTH } from "./resize.ts";
export { type ConsoleState, makeConsole } from "./make_console.ts";
export { checkAtariRecording, type CheckedRecording, readRecordingSettings } from "./recording/check.ts";
export { EpisodeKeeper, type EpisodeLimits, recordAtariEpisode } from "./recording/episode.ts";
export {
  type AtariRecordingResult,
  claimAtariRecording,
  recordAtari,
  type RecordAtariHow,
} from "./recording/record.ts";
export {
  ATARI_PICTURES,
  type AtariPictures,
  type AtariRecordingOptions,
  type AtariRecordingSettings,
  atariRecordingSettings,
  episodeSeed,
  type RecordingEnv,
  recordingEnv,
} from "./recording/settings.ts";
export type { EpisodeRow } from "./recording/statistics.ts";
export { HumanRecording } from "./recording/human.ts";
export { ScreenPreprocessing, type ScreenPreprocessingOptions } from "./recording/screen_preprocessing.ts";
