import assert from "node:assert/strict";
import type { Device } from "../../lib/device/mod.ts";
import { createRun, loadCheckpoint, openWriter, readMetrics, runPaths } from "../../lib/runs/mod.ts";
import { type LoopOptions, secondsOf, trainStages } from "../../lib/train/mod.ts";
import { testOnDevices } from "../support/devices.ts";
import { inFolder, newRun } from "../runs/helpers.ts";
import { Memory, toyModel, toyStages, withoutSeconds } from "./toy_training.ts";

const STEPS: [number, number] = [7, 9];

/** One session of a training: a fresh model, continued from `resume`. */
async function session(device: Device, options: Omit<LoopOptions, "model">, steps = STEPS) {
  const model = toyModel(device), memory = new Memory(), events: string[] = [];
  const result = await trainStages(toyStages(device, model, steps, events), {
    keeper: memory,
    logEvery: 2,
    checkpointEvery: 5,
    ...options,
    model: model.tensors,
  });
  const values = await Promise.all(model.tensors.map(([, t]) => t.data()));
  model.dispose();
  return { memory, result, events, values };
}

testOnDevices("stages one after the other: rows, checkpoints and times", async (_, device) => {
  const before = device.liveBuffers, { memory, result, events } = await session(device, {});
  assert.deepEqual(memory.rows.map(({ step, stage }) => [step, stage]), [
    ...[2, 4, 6, 7].map((step) => [step, "one"]),
    ...[9, 11, 13, 15, 16].map((step) => [step, "two"]),
  ]);
  assert.ok(
    memory.rows.every(({ loss, gradientNorm }) => typeof loss === "number" && typeof gradientNorm === "number"),
  );
  assert.deepEqual(memory.saved.map(({ step }) => step), [5, 7, 10, 15, 16]);
  assert.deepEqual(events, ["open one", "close", "open two", "close"]);
  assert.equal(result.step, 16);
  assert.equal(result.finished, true);
  assert.deepEqual(Object.keys(result.seconds), ["one", "two"]);
  assert.ok(Object.values(result.seconds).every((s) => s > 0));
  assert.deepEqual(Object.keys(memory.newest.tensors), [
    "weight",
    "bias",
    ...["first", "second", "step", "random"].map((name) => `two/${name}`),
  ]);
  assert.equal(device.liveBuffers, before);
});

testOnDevices(
  "stopped at any step and continued, a training ends with the same bits and the same rows",
  async (_, device) => {
    const whole = await session(device, {});
    for (const stop of device.software ? [3, 7, 12] : Array.from({ length: 15 }, (_, i) => i + 1)) {
      const first = await session(device, { stopAfter: stop });
      assert.deepEqual({ ...first.result, seconds: 0 }, { step: stop, finished: false, seconds: 0 });
      assert.equal(first.memory.newest.step, stop);
      const second = await session(device, { resume: first.memory.newest });
      assert.equal(second.result.finished, true);
      assert.deepEqual([...first.memory.rows, ...second.memory.rows], whole.memory.rows, `stopped after ${stop}`);
      assert.deepEqual(
        withoutSeconds(second.memory.newest),
        withoutSeconds(whole.memory.newest),
        `stopped after ${stop}`,
      );
      assert.deepEqual(second.values, whole.values);
    }
  },
);

testOnDevices("a resumed training repeats the steps since the checkpoint, bit for bit", async (_, device) => {
  const whole = await session(device, {});
  // A kill in step 14 leaves the checkpoint of step 10; the rows after it are written again.
  const { step, state } = whole.memory.saved.find(({ step }) => step === 10)!;
  const again = await session(device, { resume: { ...state, step } });
  assert.deepEqual(again.memory.rows, whole.memory.rows.filter((row) => row.step > 10));
  assert.deepEqual(withoutSeconds(again.memory.newest), withoutSeconds(whole.memory.newest));
  assert.deepEqual(again.events, ["open two", "close"]);
});

testOnDevices(
  "an abort signal saves at the end of the step, and the training goes on from there",
  async (_, device) => {
    const whole = await session(device, {}), stop = new AbortController();
    const first = await session(device, {
      signal: stop.signal,
      onLog: ({ stage, step }) => {
        if (stage === "two" && step === 4) stop.abort();
      },
    });
    // The signal is seen in the step after the one that raised it.
    assert.deepEqual({ ...first.result, seconds: 0 }, { step: 12, finished: false, seconds: 0 });
    assert.equal(first.memory.newest.step, 12);
    assert.deepEqual(first.events, ["open one", "close", "open two", "close"]);
    const second = await session(device, { resume: first.memory.newest });
    assert.deepEqual(withoutSeconds(second.memory.newest), withoutSeconds(whole.memory.newest));
  },
);

testOnDevices("seconds add up over sessions, and stages that are done keep theirs", async (_, device) => {
  const first = await session(device, { stopAfter: 9 }), saved = secondsOf(first.memory.newest);
  assert.ok(saved.one > 0 && saved.two > 0);
  const inflated = {
    ...first.memory.newest,
    json: { ...first.memory.newest.json as object, seconds: { one: 100, two: 50 } },
  };
  const second = await session(device, { resume: inflated });
  assert.equal(second.result.seconds.one, 100);
  assert.ok(second.result.seconds.two > 50 && second.result.seconds.two < 100);
  assert.deepEqual(Object.keys(secondsOf(second.memory.newest)), ["one", "two"]);
  assert.deepEqual(secondsOf(null), {});
  assert.deepEqual(secondsOf({ tensors: {}, json: { seconds: { one: 1, two: "soon" } } }), { one: 1 });
});

testOnDevices("nothing is left to do: a finished training, or one that was to stop earlier", async (_, device) => {
  const whole = await session(device, {}), done = await session(device, { resume: whole.memory.newest });
  assert.deepEqual({ ...done.result, seconds: 0 }, { step: 16, finished: true, seconds: 0 });
  assert.deepEqual([done.memory.rows, done.memory.saved, done.events], [[], [], []]);
  assert.deepEqual(done.values, whole.values);
  const stopped = await session(device, {
    resume: whole.memory.saved[2].state && { ...whole.memory.saved[2].state, step: 10 },
    stopAfter: 10,
  });
  assert.deepEqual({ ...stopped.result, seconds: 0 }, { step: 10, finished: false, seconds: 0 });
  assert.deepEqual(stopped.events, []);
});

testOnDevices(
  "progress begins where the training begins and always finishes; a training may have no keeper",
  async (_, device) => {
    const calls: string[] = [];
    const progress = (total: number, label: string, from: number) => {
      calls.push(`${label} ${from}/${total}`);
      return { update: (done: number) => void calls.push(`${done}`), finish: () => void calls.push("finish") };
    };
    const { memory } = await session(device, { stopAfter: 3 });
    calls.length = 0;
    await session(device, { resume: memory.newest, progress, keeper: undefined }, [5, 1]);
    assert.deepEqual(calls, ["one 3/5", "4", "5", "finish", "two 0/1", "1", "finish"]);
  },
);

testOnDevices("evaluations join the rows of logged steps, and do not change the training", async (_, device) => {
  const whole = await session(device, {}), asked: string[] = [];
  const run = (stage: string) => {
    asked.push(stage);
    return Promise.resolve<Record<string, number>>(stage === "two" ? { accuracy: asked.length } : {});
  };
  const { memory } = await session(device, { evaluate: { every: 4, run } });
  // Logged are every second step and the last; of these the fourth, the eighth and the last are evaluated.
  assert.deepEqual(asked, ["one", "one", "two", "two", "two"]);
  assert.deepEqual(memory.rows.map(({ accuracy }) => accuracy), [...new Array(5), 3, undefined, 4, 5]);
  assert.deepEqual(memory.rows.map(({ accuracy: _accuracy, ...row }) => row), whole.memory.rows);
  assert.deepEqual(withoutSeconds(memory.newest), withoutSeconds(whole.memory.newest));
});

testOnDevices("an error in a step closes stage and progress", async (_, device) => {
  const before = device.liveBuffers, model = toyModel(device), events: string[] = [];
  const [plan] = toyStages(device, model, STEPS, events);
  const broken = {
    ...plan,
    open: async () => {
      const stage = await plan.open(), step = stage.step.bind(stage);
      stage.step = (at) => {
        if (at === 2) throw new Error("the data ran out");
        return step(at);
      };
      return stage;
    },
  };
  const progress = () => ({ update() {}, finish: () => void events.push("finish") });
  await assert.rejects(() => trainStages([broken], { model: model.tensors, progress }), /the data ran out/);
  assert.deepEqual(events, ["open one", "finish", "close"]);
  model.dispose();
  assert.equal(device.liveBuffers, before);
});

testOnDevices("a checkpoint of other settings is refused before anything changes", async (_, device) => {
  const { memory } = await session(device, { stopAfter: 9 }), { newest } = memory;
  const model = toyModel(device), values = async () => await Promise.all(model.tensors.map(([, t]) => t.data()));
  const before = await values(), { bias: _bias, ...fewer } = newest.tensors;
  const resume = (changed: Partial<typeof newest>) =>
    trainStages(toyStages(device, model, STEPS), { model: model.tensors, resume: { ...newest, ...changed } });
  await assert.rejects(() => resume({ tensors: fewer }), {
    name: "FormatError",
    message: /checkpoint, tensor bias: expected F32 \[3, 3\].* found no such tensor/s,
  });
  assert.deepEqual(await values(), before);
  await assert.rejects(() => resume({ json: { stage: "one", state: null } }), /expected a checkpoint of stage two/);
  const { "two/second": _second, ...part } = newest.tensors;
  await assert.rejects(() => resume({ tensors: part }), /checkpoint, tensor two\/second/);
  model.dispose();
});

testOnDevices(
  "with a run folder: stopped three times, the metrics file is that of one go",
  (_, device) =>
    inFolder(async (root) => {
      const train = async (folder: string, stops: number[]) => {
        const run = await createRun({ ...newRun, out: `${root}/${folder}` });
        for (const stopAfter of [...stops, undefined]) {
          using writer = await openWriter(run);
          const model = toyModel(device);
          await trainStages(toyStages(device, model, STEPS), {
            model: model.tensors,
            keeper: writer,
            resume: writer.resumed,
            logEvery: 3,
            checkpointEvery: 4,
            ...(stopAfter ? { stopAfter } : {}),
          });
          model.dispose();
        }
        const { checkpoint } = await loadCheckpoint(runPaths.checkpoints(run));
        return {
          rows: await readMetrics(runPaths.metrics(run)),
          state: withoutSeconds(checkpoint!),
          step: checkpoint!.step,
        };
      };
      assert.deepEqual(await train("stopped", [2, 7, 13]), await train("whole", []));
    }),
);
