/** Live windows: games in a page that a small server on this machine shows. */
export {
  type Fact,
  type KeyHelp,
  type Live,
  type LiveSession,
  type Mood,
  type RgbPicture,
  type Screen,
  type ViewPlan,
} from "./live.ts";
export { type LiveServer, serveLive, type ServeLiveOptions } from "./server.ts";
