import assert from "node:assert/strict";
import { join } from "node:path";
import { FormatError } from "../../lib/data/format_error.ts";
import { metricSeries, MetricsLog, type MetricsRow, readMetrics } from "../../lib/runs/metrics_log.ts";
import { inFolder } from "./helpers.ts";

async function write(path: string, afterStep: number, steps: number[]): Promise<void> {
  using log = await MetricsLog.open(path, afterStep);
  for (const step of steps) log.append({ step, loss: 1 / step, stage: "one" });
  await log.flush();
}

Deno.test("rows come back as they were logged, numbers that JSON lacks included", () =>
  inFolder(async (folder) => {
    const path = join(folder, "metrics.jsonl");
    assert.deepEqual(await readMetrics(path), []);
    const rows: MetricsRow[] = [
      { step: 0, loss: NaN, best: Infinity, least: -Infinity },
      { step: 0, note: "evaluation", ok: true, none: null },
      { step: 7, loss: 0.1 + 0.2, text: "ä\n\u2028" },
    ];
    {
      using log = await MetricsLog.open(path, 0);
      for (const row of rows) log.append(row);
      assert.deepEqual(await readMetrics(path), rows, "rows are in the file at once");
    }
    assert.deepEqual(await readMetrics(path), rows);
    assert.deepEqual(metricSeries(rows, "loss"), { steps: [0, 7], values: [NaN, 0.1 + 0.2] });
  }));

Deno.test("resuming cuts back to the checkpoint's step: the file equals an uninterrupted one's", () =>
  inFolder(async (folder) => {
    const whole = join(folder, "whole.jsonl"), path = join(folder, "metrics.jsonl");
    await write(whole, 0, [1, 2, 2, 3, 5, 8]);
    for (const torn of ["", '{"step":9,"lo', "\0\0\0", '{"step":1}x']) {
      await Deno.remove(path).catch(() => {});
      await write(path, 0, [1, 2, 2, 3, 5]);
      await Deno.writeTextFile(path, torn, { append: true });
      await write(path, 2, [3, 5, 8]);
      assert.equal(await Deno.readTextFile(path), await Deno.readTextFile(whole), JSON.stringify(torn));
    }
    await write(path, Infinity, [13]);
    assert.equal((await readMetrics(path)).length, 7);
    await write(path, -1, []);
    assert.equal(await Deno.readTextFile(path), "");
  }));

Deno.test("a last line that only lacks its newline is a row, and the next one gets a line of its own", () =>
  inFolder(async (folder) => {
    const path = join(folder, "metrics.jsonl");
    await Deno.writeTextFile(path, '{"step":1}\n{"step":2}');
    assert.deepEqual(await readMetrics(path), [{ step: 1 }, { step: 2 }]);
    {
      using log = await MetricsLog.open(path, 2);
      log.append({ step: 3 });
    }
    assert.equal(await Deno.readTextFile(path), '{"step":1}\n{"step":2}\n{"step":3}\n');
  }));

Deno.test("a damaged line is named, and the file is left as it is", () =>
  inFolder(async (folder) => {
    const path = join(folder, "metrics.jsonl");
    const cases: [string, RegExp][] = [
      ['{"step":1}\nnonsense\n{"step":2}\n', /line 2: expected one JSON object but found "nonsense"/],
      ['{"step":1}\n{"loss":2}\n', /line 2: expected step to be an integer of at least 1 but found null/],
      ['{"step":5}\n{"step":4}\n', /line 2: expected step to be an integer of at least 5 but found 4/],
      ['{"step":1.5}\n', /line 1: expected step/],
      ['{"step":1,"loss":[1]}\n', /line 1: expected loss to be a number, text, true, false or null but found \[1\]/],
    ];
    for (const [text, message] of cases) {
      await Deno.writeTextFile(path, text);
      for (const attempt of [() => readMetrics(path), () => MetricsLog.open(path, 0)]) {
        await assert.rejects(attempt, (error: Error) => {
          assert.ok(error instanceof FormatError);
          assert.match(error.message, message);
          return true;
        });
      }
      assert.equal(await Deno.readTextFile(path), text);
    }
  }));

Deno.test("what cannot be a row is refused before it is written", () =>
  inFolder(async (folder) => {
    const path = join(folder, "metrics.jsonl");
    using log = await MetricsLog.open(path, 0);
    log.append({ step: 4 });
    assert.throws(() => log.append({ step: 3 }), /step 3 comes after step 4/);
    assert.throws(() => log.append({ step: 0.5 }), /step must be an integer/);
    assert.throws(() => log.append({ step: 5, text: "NaN" }), /is the text "NaN"/);
    // deno-lint-ignore no-explicit-any
    assert.throws(() => log.append({ step: 5, list: [1] } as any), /list must be a number/);
    assert.deepEqual(await readMetrics(path), [{ step: 4 }]);
  }));
