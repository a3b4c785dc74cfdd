import assert from "node:assert/strict";
import { clock, progress, type ProgressMaker, silentProgress, terminalProgress } from "../../lib/runs/progress.ts";

/** A display whose clock is turned by hand. */
function display(total: number, redraws: boolean, extra: { from?: number; columns?: number } = {}) {
  const written: string[] = [];
  const time = { ms: 1000 };
  const bar = terminalProgress(total, "stage 2", {
    write: (text) => written.push(text),
    redraws,
    columns: () => extra.columns ?? 120,
    now: () => time.ms,
    from: extra.from,
  });
  return { bar, written, time };
}

Deno.test("a terminal shows a bar with count, rate and time left, at most ten times a second", () => {
  const { bar, written, time } = display(3000, true);
  bar.update(0);
  for (let step = 1; step <= 750; step++) {
    time.ms += 10;
    bar.update(step, `loss ${(1 / step).toFixed(3)}`);
  }
  assert.equal(written.length, 76);
  assert.equal(written[0], `\rstage 2 ${"─".repeat(24)} 0/3000 (0 %)\x1b[K`);
  assert.equal(
    written.at(-1),
    `\rstage 2 ${"━".repeat(6)}${"─".repeat(18)} 750/3000 (25 %) · 100/s · 0:23 left · loss 0.001\x1b[K`,
  );
  bar.finish("loss 0.001");
  bar.finish();
  bar.update(3000);
  assert.equal(written.length, 77);
  assert.ok(written[76].endsWith("750/3000 (25 %) · 100/s · took 0:08 · loss 0.001\x1b[K\n"), written[76]);
});

Deno.test("a log gets one line at most every five seconds, and one at the end", () => {
  const { bar, written, time } = display(100, false);
  for (let step = 1; step <= 100; step++) {
    time.ms += 120;
    bar.update(step);
  }
  bar.finish("done");
  assert.deepEqual(written, [
    "stage 2: 42/100 (42 %) · 8.3/s · 0:07 left\n",
    "stage 2: 84/100 (84 %) · 8.3/s · 0:02 left\n",
    "stage 2: 100/100 (100 %) · 8.3/s · took 0:12 · done\n",
  ]);
});

Deno.test("a resumed run's rate counts what was done now; slow steps are told in seconds", () => {
  const { bar, written, time } = display(1000, false, { from: 900 });
  time.ms += 60_000;
  bar.update(920);
  assert.deepEqual(written, ["stage 2: 920/1000 (92 %) · 3.0 s each · 4:00 left\n"]);
});

Deno.test("an unknown total, more than the total, and narrow terminals do no harm", () => {
  for (const total of [0, Infinity, NaN]) {
    const { bar, written } = display(total, true);
    bar.update(7);
    assert.equal(written[0], "\rstage 2 7\x1b[K");
  }
  const over = display(10, true);
  over.bar.update(12);
  assert.ok(over.written[0].includes(`${"━".repeat(24)} 12/10 (100 %)`));
  const narrow = display(1000, true, { columns: 30 });
  narrow.bar.update(1, "a note that does not fit");
  assert.equal([...narrow.written[0]].length, 1 + 29 + 3);
  narrow.bar.finish();
});

Deno.test("times are readable, and every maker has the same shape", () => {
  assert.deepEqual([0, 59.6, 75, 3599, 3600, 4000, NaN].map(clock), [
    "0:00",
    "1:00",
    "1:15",
    "59:59",
    "1:00:00",
    "1:06:40",
    "–",
  ]);
  const makers: ProgressMaker[] = [progress, terminalProgress, silentProgress];
  assert.equal(makers.length, 3);
  const silent = silentProgress(10, "nothing");
  assert.equal(silent.update(3), undefined);
  assert.equal(silent.finish(), undefined);
});

Deno.test("by default progress goes to stderr and leaves stdout to results", async () => {
  const module = new URL("../../lib/runs/progress.ts", import.meta.url).href;
  const code = `import { progress } from ${JSON.stringify(module)};
    const bar = progress(2, "work"); bar.update(1); bar.update(2); bar.finish("fine"); console.log("result");`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assert.equal(new TextDecoder().decode(stdout), "result\n");
  assert.match(new TextDecoder().decode(stderr), /^work: 2\/2 \(100 %\) · \S+ · took 0:00 · fine\n$/);
});
