/**
 * A small training with everything that a real one has: parameters, a random stream, metrics, checkpoints, resume.
 * Started as a process by kill_test.ts and interrupt_test.ts; imported by them for the uninterrupted run.
 */
import { Stream } from "../../lib/random.ts";
import { catchInterrupt } from "../../lib/runs/interrupt.ts";
import { openRun } from "../../lib/runs/run_folder.ts";
import { openWriter } from "../../lib/runs/writer.ts";
import type { StreamState } from "../../lib/random.ts";

const PARAMETERS = 300_000;

/** Trains a run up to `steps`, saving every third step. Goes on from its newest checkpoint. */
export async function train(
  folder: string,
  steps: number,
  signal?: AbortSignal,
  tell: (line: string) => void = () => {},
): Promise<void> {
  using writer = await openWriter(await openRun(folder));
  const { resumed } = writer;
  const parameters = new Float32Array(PARAMETERS);
  if (resumed) parameters.set(new Float32Array(resumed.tensors.parameters.bytes.slice().buffer));
  const stream = resumed ? Stream.restore((resumed.json as { stream: StreamState }).stream) : Stream.named(1, "noise");
  let step = resumed?.step ?? 0;
  const save = async (): Promise<void> => {
    const bytes = new Uint8Array(parameters.buffer.slice(0));
    await writer.save(step, {
      tensors: { parameters: { dtype: "F32", shape: [PARAMETERS], bytes } },
      json: { stream: stream.state() },
    });
    tell(`saved ${step}`);
  };
  while (step < steps && !signal?.aborted) {
    for (let i = 0; i < 200; i++) parameters[stream.below(PARAMETERS)] += stream.normal();
    step++;
    writer.log({ step, loss: parameters[stream.below(PARAMETERS)], note: `after step ${step}` });
    if (step % 3 === 0) await save();
    // Signals arrive between steps.
    if (signal) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  if (step % 3 !== 0) await save();
}

if (import.meta.main) {
  const [folder, steps] = Deno.args;
  using interrupt = catchInterrupt();
  await train(folder, Number(steps), interrupt.signal, (line) => console.log(line));
  Deno.exitCode = interrupt.exitCode ?? 0;
}
