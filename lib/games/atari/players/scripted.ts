/** The player that recorded the data of experiment 4: it moves about and does not stand still. Spec 4 §2.3. */
import type { Stream } from "../../../random.ts";
import { AtariAction as A } from "../actions.ts";
import type { GameDefinition } from "../game_definition.ts";
import type { AtariPlayer } from "./player.ts";

/** Steps of FIRE at the start; repetitions after which another action must come. */
const SERVES = 5, REPEATS = 4;
const NOOP_SHARE = 0.05, FIRE_SHARE = 0.01;

/** Serves five times; then seldom does nothing, hardly ever fires, and draws the other actions with equal chances, never one more than five times in a row. */
export function scriptedPlayer({ actions }: GameDefinition, random: Stream): AtariPlayer {
  const others = actions.filter((action) => action !== A.NOOP && action !== A.FIRE);
  const draw = () => {
    const u = random.uniform();
    if (u < NOOP_SHARE) return A.NOOP;
    return u < NOOP_SHARE + FIRE_SHARE ? A.FIRE : others[random.below(others.length)];
  };
  let steps = 0, last = -1, repeated = 0;
  return {
    act() {
      if (steps++ < SERVES) return A.FIRE;
      const rest = actions.filter((action) => action !== last);
      const action = repeated >= REPEATS ? rest[random.below(rest.length)] : draw();
      repeated = action === last ? repeated + 1 : 0;
      return last = action;
    },
  };
}
