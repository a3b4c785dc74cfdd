/** `deno task play` as it is typed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openDevice } from "../../lib/device/mod.ts";
import { settingsFor, startRun, trainRun } from "../../lib/experiments/mini_genie/mod.ts";
import { checkAtariRecording, readRecordingSettings } from "../../lib/games/mod.ts";
import { createRun } from "../../lib/runs/mod.ts";
import { runGroup } from "../../tasks/command_group.ts";
import { play } from "../../tasks/play.ts";
import { pixels, testInChromium } from "../play/chromium.ts";
import { caught } from "./caught.ts";

const run = (...args: string[]) => caught(() => runGroup(play, args));

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("play: what is wrong is named", () =>
  inFolder(async (folder) => {
    const other = await createRun({
      experiment: "rules-and-chance",
      game: "2048",
      preset: "tiny",
      mode: "corrected",
      seed: 0,
      device: "none",
      settings: {},
      out: join(folder, "other"),
    });
    const cases: [string[], number, RegExp][] = [
      [[], 2, /GAME is missing.*There are: atari, mini-genie/],
      [["minigenie"], 2, /unknown GAME "minigenie"\. Did you mean "mini-genie"/],
      [["atari"], 2, /--game NAME is missing\. There are: breakout, pong, space_invaders, rampart, volley, swarm/],
      [["atari", "--game", "rampat"], 2, /unknown --game "rampat"\. Did you mean "rampart"/],
      [["atari", "--game", "rampart", "--record", other.folder], 2, /is not empty \(it holds config.json\)/],
      [["atari", "--game", "rampart", "--preprocess", "grey"], 2, /give --record FOLDER, too/],
      [["atari", "--game", "rampart", "--frame-skip", "0"], 2, /--frame-skip expects an integer from 1 to 60/],
      [["mini-genie"], 2, /--run RUN is missing/],
      [["mini-genie", "--run", "x", "--port", "70000"], 2, /--port expects an integer from 0 to 65535/],
      [["mini-genie", "--run", other.folder], 2, /expected a run of mini-genie but found one of rules-and-chance/],
      [["mini-genie", "--run", join(folder, "nothing")], 1, /nothing/],
    ];
    for (const [args, code, expected] of cases) {
      const result = await run(...args);
      assert.equal(result.code, code, result.err);
      assert.match(result.err, expected);
    }
  }));

testInChromium("play mini-genie: a trained run is played, and Ctrl-C ends it", (open) =>
  inFolder(async (folder) => {
    const settings = settingsFor("tiny", "corrected");
    {
      using device = await openDevice({ kind: "cpu", threads: 1 });
      const made = await startRun({ settings, seed: 0, device, out: join(folder, "run") });
      (await trainRun(made, device, { warn: () => {} })).experiment.dispose();
    }
    const args = ["run", "-A", "tasks/play.ts", "mini-genie", "--run", join(folder, "run"), "--port", "0"];
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args, "--device", "cpu", "--threads", "1"],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    try {
      const { page, errors } = await open(await addressIn(child.stdout));
      await page.keyboard.press("3");
      await page.locator("#facts div", { hasText: "Steps" }).locator("dd", { hasText: "1" }).waitFor();
      await page.keyboard.press("r");
      await page.locator("#facts div", { hasText: "Last step" }).locator("dd", { hasText: "a true frame" }).waitFor();
      child.kill("SIGINT");
      await page.locator("#problem", { hasText: "The server has stopped" }).waitFor();
      assert.deepEqual(errors, []);
    } finally {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended, as it should have.
      }
    }
    assert.equal((await child.status).code, 0);
  }));

testInChromium(
  "play atari: keys play, p pauses, Enter starts anew, and Ctrl-C keeps the recording",
  (open) =>
    inFolder(async (folder) => {
      const out = join(folder, "mine");
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          "tasks/play.ts",
          "atari",
          "--game",
          "rampart",
          "--record",
          out,
          "--port",
          "0",
        ],
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      try {
        const { page, errors } = await open(await addressIn(child.stdout));
        assert.equal(await page.title(), "Rampart: the real game");
        const box = await page.locator("#view0").boundingBox();
        assert.deepEqual([Math.round(box!.width), Math.round(box!.height)], [512, 384], "4 : 3");
        await factOn(page, "State", "press a key to begin");
        await factOn(page, "Lives", "5");
        const before = await pixels(page, "#view0");
        await page.keyboard.down("ArrowLeft");
        await factOn(page, "State", "playing");
        await changes(page, before);
        await page.keyboard.up("ArrowLeft");
        await factOn(page, "Pictures", "per second");
        await page.keyboard.press("p");
        await factOn(page, "State", "paused");
        const paused = await pixels(page, "#view0");
        await page.keyboard.press("Enter");
        await factOn(page, "Recorded", "1 games");
        await page.keyboard.press(" ");
        await changes(page, paused);
        child.kill("SIGINT");
        await page.locator("#problem", { hasText: "The server has stopped" }).waitFor();
        assert.deepEqual(errors, []);
        await child.status; // a second signal would end it while it writes
      } finally {
        try {
          child.kill("SIGTERM");
        } catch {
          // It has ended, as it should have.
        }
      }
      assert.equal((await child.status).code, 0);
      const { settings, rows } = await checkAtariRecording(out, (await readRecordingSettings(out))!);
      assert.deepEqual([settings.policy, settings.frameSkip, rows.length], ["human", 4, 2]);
      assert.ok(rows[0].actions.LEFT > 0 && rows[0].truncated);
      assert.ok(rows[1].actions.FIRE > 0, "a short tap counts");
    }),
);

/** Waits until the facts say so. */
async function factOn(page: Page, label: string, value: string): Promise<void> {
  await page.locator("#facts div", { hasText: label }).locator("dd", { hasText: value }).waitFor();
}

/** Waits until the picture is another one. */
async function changes(page: Page, before: string): Promise<void> {
  while (await pixels(page, "#view0") === before) await page.waitForTimeout(50);
}

/** The address that the command prints; the rest of the output is read and dropped. */
async function addressIn(output: ReadableStream<Uint8Array>): Promise<string> {
  const reader = output.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = "";;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`expected an address but found: ${text}`);
    text += value;
    const address = text.match(/http:\/\/127\.0\.0\.1:\d+\//)?.[0];
    if (address === undefined) continue;
    reader.cancel();
    return address;
  }
}
