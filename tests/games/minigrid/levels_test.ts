/**
 * Levels of every environment against a second implementation: a Python program over NumPy 2.4's own generator, written from
 * Minigrid's source, laid out 50 seeds × 3 episodes of each and played Dynamic-Obstacles; `fixtures/numpy_levels.json` holds
 * the hashes. The golden file holds Minigrid's own levels of two seeds, MultiRoom not among them.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { colourOf, MiniGrid, MINIGRID_NAMES, stateOf, typeOf } from "../../../lib/games/mod.ts";

const reference: Record<string, string> = JSON.parse(
  await Deno.readTextFile(new URL("./fixtures/numpy_levels.json", import.meta.url)),
);

/** Cells as type, colour and state in hexadecimal digits, then the agent. */
function text(env: MiniGrid): string {
  const { cells, x, y, heading } = env.world();
  const digits = [...cells].map((cell) => [typeOf, colourOf, stateOf].map((part) => part(cell).toString(16)).join(""));
  return `${digits.join("")} ${x} ${y} ${heading}`;
}

/** Turns and steps ahead from a simple generator, at most 60, until the episode ends. */
function play(env: MiniGrid, seed: number): string[] {
  const lines: string[] = [];
  let last = BigInt(seed);
  for (let t = 0; t < 60; t++) {
    last = (last * 1103515245n + 12345n) % 2147483648n;
    const { reward, terminated, truncated } = env.step(Number(last >> 16n) % 3);
    lines.push(`${text(env)} ${Math.round(reward * 1e6)} ${Number(terminated)}`);
    if (terminated || truncated) break;
  }
  return lines;
}

Deno.test("every environment is in the reference", () => {
  assert.deepEqual(Object.keys(reference).sort(), [...MINIGRID_NAMES].sort());
});

for (const [name, hash] of Object.entries(reference)) {
  Deno.test(`${name}: 150 levels as NumPy's numbers lay them out`, () => {
    const env = new MiniGrid(name), lines: string[] = [];
    for (let seed = 0; seed < 50; seed++) {
      for (const episode of [0, 1, 2]) {
        env.reset(episode === 0 ? seed : undefined);
        lines.push(text(env));
        if (name.startsWith("Dynamic-Obstacles")) lines.push(...play(env, seed));
      }
    }
    assert.equal(createHash("sha256").update(lines.join("\n")).digest("hex"), hash);
  });
}
