/** Which action keys mean. */
import assert from "node:assert/strict";
import { ATARI_ACTION_NAMES, atariGame } from "../../lib/games/mod.ts";
import { actionOf, keyHelp } from "../../tasks/play/atari_keys.ts";

function play(name: string, ...keys: string[]): string {
  const game = atariGame(name), names = game.actions.map((action) => ATARI_ACTION_NAMES[action]);
  return names[actionOf(new Set(keys), game, names)];
}

Deno.test("arrows, space and digits choose among the game's own actions", () => {
  assert.equal(play("swarm"), "NOOP");
  assert.equal(play("swarm", "ArrowLeft", " "), "LEFTFIRE");
  assert.equal(play("swarm", "ArrowUp"), "NOOP", "there is no way up");
  assert.equal(play("swarm", "ArrowUp", "ArrowRight"), "RIGHT");
  assert.equal(play("rampart", "ArrowRight", " "), "FIRE", "this game has no RIGHTFIRE: FIRE comes first");
  assert.equal(play("volley", "ArrowUp"), "RIGHT", "RIGHT is up for an upright bat");
  assert.equal(play("volley", "ArrowDown"), "LEFT");
  assert.equal(play("swarm", "4", "ArrowLeft"), "RIGHTFIRE", "a digit is an action itself");
  assert.equal(play("swarm", "9"), "NOOP");
});

Deno.test("the page offers the keys that do something", () => {
  const keys = (name: string) => {
    const game = atariGame(name);
    return keyHelp(game, game.actions.map((action) => ATARI_ACTION_NAMES[action])).flatMap(({ keys }) => keys);
  };
  assert.deepEqual(keys("swarm").slice(0, 4), ["ArrowLeft", "ArrowRight", " ", "Enter"]);
  assert.deepEqual(keys("rampart").slice(0, 4), ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);
  assert.deepEqual(keys("rampart").slice(-4), ["0", "1", "2", "3"]);
});
