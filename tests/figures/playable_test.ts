/** Something to play inside of a notebook: its HTML, and that its keys work in a browser. */
import assert from "node:assert/strict";
import { type Playable, playableHtml, rgbPicture } from "../../lib/figures/mod.ts";
import { testInChromium } from "../play/chromium.ts";

const grey = (level: number) => rgbPicture(new Array(12).fill(level), 2, 2);
const playable: Playable = {
  title: "Up & <down>",
  titles: ["one", "other"],
  keys: ["up", "down"],
  starts: [1, 0],
  places: [0, 1, 2].map((at) => ({
    pictures: [grey(80 * at), grey(0)],
    text: `place ${at}`,
    next: [at < 2 ? at + 1 : -1, Math.max(0, at - 1)],
    told: ["went up", "went down"],
  })),
};

Deno.test("playable: each picture is stored once, texts are escaped, and what cannot be played is refused", () => {
  const html = playableHtml(playable), { urls } = JSON.parse(/json">(.*?)<\/script>/.exec(html)![1]);
  assert.equal(urls.length, 3);
  assert.match(html, /Up &amp; &lt;down&gt;/);
  assert.throws(() => playableHtml({ ...playable, starts: [] }), /found no start/);
  assert.throws(() => playableHtml({ ...playable, starts: [3] }), /from 0 to 2 but found 3/);
  assert.throws(() => playableHtml({ ...playable, keys: ["up"] }), /2 pictures and 1 keys at place 0/);
  assert.throws(() => playableHtml({ ...playable, keys: new Array(11).fill("k") }), /at most 10 keys but found 11/);
});

testInChromium("playable: keys and buttons lead from picture to picture", async (open) => {
  const twice = `<!doctype html><meta charset="utf-8">${playableHtml(playable)}${playableHtml(playable)}`;
  const { page, errors } = await open(`data:text/html;base64,${new TextEncoder().encode(twice).toBase64()}`, "button");
  const [first, second] = [page.locator(".tessera-playable").nth(0), page.locator(".tessera-playable").nth(1)];
  const text = () => first.locator(".told").textContent(),
    shown = () => first.locator("img").first().getAttribute("src");
  const start = await shown();
  assert.equal(await text(), "step 0, a true frame — place 1");
  await first.focus();
  await page.keyboard.press("0");
  assert.equal(await text(), "step 1, went up — place 2");
  assert.notEqual(await shown(), start);
  await page.keyboard.press("0");
  assert.match(await text() ?? "", /^step 1, up leads beyond .* place 2$/);
  await page.keyboard.press("r");
  assert.equal(await text(), "step 0, a true frame — place 0");
  await first.getByRole("button", { name: "up" }).click();
  assert.equal(await shown(), start);
  await page.keyboard.press("7");
  assert.equal(await text(), "step 1, went up — place 1");
  assert.equal(await second.locator(".told").textContent(), "step 0, a true frame — place 1");
  assert.deepEqual(errors, []);
});
