/** `deno task play` as it is typed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openDevice } from "../../lib/device/mod.ts";
import { settingsFor, startRun, trainRun } from "../../lib/experiments/mini_genie/mod.ts";
import { createRun } from "../../lib/runs/mod.ts";
import { runGroup } from "../../tasks/command_group.ts";
import { play } from "../../tasks/play.ts";
import { testInChromium } from "../play/chromium.ts";
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
      [[], 2, /GAME is missing.*There are: mini-genie/],
      [["minigenie"], 2, /unknown GAME "minigenie"\. Did you mean "mini-genie"/],
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
