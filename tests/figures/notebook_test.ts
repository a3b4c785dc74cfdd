import assert from "node:assert/strict";
import { join } from "node:path";
import {
  display,
  figure,
  histogram,
  inNotebook,
  notebookProgress,
  print,
  settle,
  show,
  tableHtml,
  tableText,
} from "../../lib/figures/mod.ts";
import { progressLine } from "../../lib/figures/notebook_progress.ts";

/** What `work` writes with console.log. */
async function logged(work: () => unknown): Promise<string[]> {
  const lines: string[] = [], log = console.log;
  console.log = (...parts: unknown[]) => void lines.push(parts.join(" "));
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines;
}

Deno.test("outside a notebook everything prints its text", async () => {
  assert.equal(inNotebook(), false);
  const lines = await logged(async () => {
    print("a", 1, [2]);
    await show({ "text/plain": "shown", "image/png": "…" });
    await show({ "text/plain": "updates are left out" }, { update: true });
    await display(figure("dist", "A histogram.", histogram({ values: [1] })));
    const bar = notebookProgress(2, "work");
    await bar.update(1);
    await bar.finish();
    await settle();
  });
  assert.deepEqual(lines.slice(0, 3), ["a 1 [ 2 ]", "shown", "Figure dist: A histogram."]);
  assert.equal(lines.length, 4);
  assert.match(lines[3], /^work █{15}░{15} 1\/2/);
});

Deno.test("progressLine: bar, time left, note; without a total only the count", () => {
  const state = { label: "stage 2", total: 3000, done: 1500, seconds: 12.34, note: "loss 0.3", ended: false };
  assert.equal(
    progressLine(state),
    `stage 2 ${"█".repeat(15)}${"░".repeat(15)} 1500/3000 · 12.3 s · 12.3 s left · loss 0.3`,
  );
  assert.equal(
    progressLine({ ...state, ended: true, done: 3000, seconds: 125, note: "" }),
    `stage 2 ${"█".repeat(30)} 3000/3000 · 2 min 05 s`,
  );
  for (const total of [0, Infinity]) assert.equal(progressLine({ ...state, total, note: "" }), "stage 2 1500 · 12.3 s");
});

Deno.test("tables: text with aligned columns, HTML with every text escaped", () => {
  const table = {
    columns: ["Game", "Rules"],
    rows: [["2048", 3], ["<b>&", null], ["Othello", 439]] as const,
    caption: "Rules & chance",
  };
  assert.equal(
    tableText(table),
    ["Rules & chance", "Game     Rules", "───────  ─────", "2048         3", "<b>&         –", "Othello    439"].join(
      "\n",
    ),
  );
  const html = tableHtml(table);
  assert.ok(html.includes("&lt;b&gt;&amp;") && html.includes("Rules &amp; chance") && !html.includes("<b>"));
  assert.throws(() => tableText({ columns: ["a"], rows: [[1, 2]] }), /expected 1 values in row 0 but found 2/);
});

Deno.test({
  name:
    "stoppable: the first SIGINT aborts the signal and the program goes on; a signal that is given back no longer listens",
  ignore: Deno.build.os === "windows",
  async fn() {
    // A process of its own: the test runner itself stops at SIGINT.
    const script = `
      const { stoppable } = await import(${JSON.stringify(import.meta.resolve("../../lib/figures/notebook.ts"))});
      const first = stoppable();
      setTimeout(() => Deno.kill(Deno.pid, "SIGINT"), 10);
      while (!first.aborted) await new Promise((done) => setTimeout(done, 5));
      const second = stoppable();
      second[Symbol.dispose]();
      second[Symbol.dispose]();
      console.log(first.reason.message, second.aborted);
      setTimeout(() => Deno.kill(Deno.pid, "SIGINT"), 10);
      await new Promise((done) => setTimeout(done, 60_000));`;
    const config = join(import.meta.dirname!, "..", "..", "deno.json");
    const { stdout, code, signal } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", "--config", config, script],
    }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), "stopped by the user false");
    assert.ok(signal === "SIGINT" || code === 130, `${signal} ${code}`);
  },
});
