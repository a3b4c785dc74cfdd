/** The window of an Atari game without a browser: what it shows, and that a recording is what the game did. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readTrajectory } from "../../lib/data/mod.ts";
import { coloursToRgb, episodeSeed, HumanRecording, recordingEnv } from "../../lib/games/mod.ts";
import type { Fact, LiveSession, RgbPicture, Screen } from "../../lib/play/mod.ts";
import { atariWindow } from "../../tasks/play/atari_window.ts";

/** Keeps what a session shows. */
class Shown implements Screen {
  readonly pictures: RgbPicture[] = [];
  facts: readonly Fact[] = [];

  show(_view: number, picture: RgbPicture): boolean {
    this.pictures.push(picture);
    return true;
  }
  say(facts: readonly Fact[]): void {
    this.facts = facts;
  }
  keep(): void {}
  forget(): void {}
  value(label: string): string | undefined {
    return this.facts.find((fact) => fact.label === label)?.value;
  }
}

async function ticks(session: LiveSession, count: number, ...held: string[]): Promise<void> {
  for (let i = 0; i < count; i++) await session.tick!(new Set(held));
}

Deno.test("frames are shown one by one, actions held for four; a pause stops; what is recorded can be played again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const options = { game: "Swarm", preprocess: "grey", noops: 0, maxSteps: 7, seed: 2, sticky: 0.25 } as const;
    const recording = await HumanRecording.open(folder, options), screen = new Shown();
    const session = await atariWindow(recording.settings, recording).open(screen);
    await ticks(session, 5, "ArrowLeft");
    assert.deepEqual([screen.pictures.length, screen.value("State")], [1, "press a key to begin"], "nothing moves yet");
    await session.press("ArrowLeft", new Set(["ArrowLeft"]));
    await ticks(session, 8, "ArrowLeft");
    await session.release!("ArrowLeft", new Set());
    await session.press("p", new Set(["p"]));
    await session.press("p", new Set(["p"])); // it repeats
    await ticks(session, 3, "p");
    assert.deepEqual([screen.pictures.length, screen.value("State")], [9, "paused: p goes on"]);
    await session.release!("p", new Set());
    await session.press(" ", new Set([" "])); // a tap, and the pause is over
    await session.release!(" ", new Set());
    await ticks(session, 20);
    assert.deepEqual([screen.value("State"), screen.value("Lives")], ["cut off, it was long: Enter starts anew", "3"]);
    assert.deepEqual([screen.value("Recorded"), recording.rows[0].truncated], ["1 games, 8 frames", true]);
    await ticks(session, 4);
    assert.equal(screen.pictures.length, 29, "7 actions of 4 frames, and the first picture");
    await session.press("Enter", new Set(["Enter"]));
    await ticks(session, 2);
    await session.close!();
    assert.deepEqual(recording.rows.map(({ episode, length }) => [episode, length]), [[0, 7], [1, 1]]);

    const kept = await readTrajectory(join(folder, "episode_0000.npz"));
    assert.deepEqual([...kept.actions], [3, 3, 1, 0, 0, 0, 0]);
    const frames: Uint8Array[] = [], again = recordingEnv(recording.settings, (game) => frames.push(game.screen()));
    again.reset(episodeSeed(recording.settings, 0));
    kept.actions.forEach((action, t) => {
      const { observation } = again.step(action);
      assert.deepEqual(kept.frames.subarray((t + 1) * 84 * 84, (t + 2) * 84 * 84), observation);
    });
    assert.deepEqual(
      screen.pictures.slice(1, 29).map(({ rgb }) => rgb),
      frames.map((colours) => coloursToRgb(colours)),
    );

    const more = await HumanRecording.open(folder, options);
    assert.equal(more.begin(), 2, "later games are added");
    await assert.rejects(HumanRecording.open(folder, { ...options, preprocess: "none" }), /with another preprocess/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
