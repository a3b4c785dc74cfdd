/** The page of live windows, in a real browser. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { serveLive } from "../../lib/play/mod.ts";
import { Stream } from "../../lib/random.ts";
import { nameCodes } from "../../lib/experiments/mini_genie/mod.ts";
import { dreamWindow } from "../../tasks/play/dream_window.ts";
import { emptyWorld, perfectTable, TableModel } from "../experiments/mini_genie/table_model.ts";
import { pixels, testInChromium } from "./chromium.ts";
import { counterGame } from "./counter.ts";

/** Waits until the facts say so. */
async function fact(page: Page, label: string, value: string): Promise<void> {
  await page.locator("#facts div", { hasText: label }).locator("dd", { hasText: value }).waitFor();
}

testInChromium("the dream: keys change the picture, r starts anew, nothing goes wrong", async (open) => {
  const world = emptyWorld(), model = new TableModel(world, perfectTable(world));
  const names = await nameCodes(model, world);
  const live = dreamWindow({ model, world, names, stream: Stream.named(0, "play"), about: "A perfect model" });
  await using server = serveLive(live);
  const { page, errors } = await open(server.url);
  assert.equal(await page.title(), "Mini-Genie: play the dream");
  const box = await page.locator("#view0").boundingBox();
  assert.deepEqual([Math.round(box!.width), Math.round(box!.height)], [512, 512]);
  assert.equal(
    await page.evaluate('getComputedStyle(document.getElementById("view0")).imageRendering'),
    "pixelated",
  );
  await fact(page, "Last step", "a true frame");
  const start = await pixels(page, "#view0");
  await page.keyboard.press("0");
  await fact(page, "Last step", "legal: left");
  const turned = await pixels(page, "#view0");
  assert.notEqual(turned, start);
  await page.keyboard.press("ArrowRight");
  await fact(page, "Last step", "legal: right");
  assert.equal(await pixels(page, "#view0"), start, "a turn to the left and one to the right cancel");
  assert.equal(await pixels(page, "#view1"), start, "the true frame of a perfect dream is the dream");
  await page.locator("button", { hasText: "1" }).click();
  await fact(page, "Steps", "3");
  assert.equal(await page.locator("#strip li").count(), 4);
  assert.equal(await page.locator("#view0").getAttribute("class"), "good");
  await page.keyboard.press("R");
  await fact(page, "Steps", "0");
  assert.equal(await page.locator("#strip li").count(), 1);
  await page.keyboard.press("7"); // no such latent action
  await page.keyboard.press("q");
  await page.keyboard.press("1");
  await fact(page, "Steps", "1");
  assert.deepEqual(errors, []);
});

testInChromium(
  "the page shows problems, counts held keys while time passes, and says when the server stops",
  async (open) => {
    const warned: unknown[] = [];
    const server = serveLive(counterGame({ entries: [] }, { rate: 100 }), { warn: (error) => warned.push(error) });
    try {
      const { page, errors } = await open(server.url);
      await page.keyboard.press("x");
      await page.locator("#problem", { hasText: "the counter is stuck" }).waitFor();
      assert.equal(warned.length, 1);
      await page.keyboard.down("h");
      await fact(page, "Count", "9");
      await page.evaluate(() => dispatchEvent(new Event("blur")));
      await page.keyboard.press("u");
      await page.locator("button.down").waitFor({ state: "detached" });
      await server.stop();
      await page.locator("#problem", { hasText: "The server has stopped" }).waitFor();
      assert.deepEqual(errors, []);
    } finally {
      await server.stop();
    }
  },
);
