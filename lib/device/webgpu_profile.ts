/** Time of each dispatch, by timestamps that the device writes at the begin and the end of a pass. */
import { DeviceError, type DispatchTime } from "./device.ts";
import type { Prepared } from "./webgpu_dispatch.ts";
import type { StagingPool } from "./webgpu_buffer.ts";

/** WebGPU allows 4096 queries in one set. */
const DISPATCHES_PER_SET = 2048;

/**
 * Runs each dispatch in a pass of its own and returns nanoseconds, or null when the clock does not run.
 * Units are those of the WebGPU standard; the numbers are shares first and times second on drivers that do not scale.
 */
export async function profileDispatches(
  gpu: GPUDevice,
  staging: StagingPool,
  dispatches: readonly Prepared[],
): Promise<DispatchTime[] | null> {
  const times: DispatchTime[] = [];
  let clockRuns = dispatches.length === 0;
  for (let first = 0; first < dispatches.length; first += DISPATCHES_PER_SET) {
    const part = dispatches.slice(first, first + DISPATCHES_PER_SET);
    const ticks = await timestamps(gpu, staging, part);
    for (let i = 0; i < part.length; i++) {
      const begin = ticks[2 * i];
      const end = ticks[2 * i + 1];
      if (begin !== 0n || end !== 0n) clockRuns = true;
      if (end < begin) return null;
      times.push({ name: part[i].name, nanoseconds: Number(end - begin) });
    }
  }
  return clockRuns ? times : null;
}

async function timestamps(gpu: GPUDevice, staging: StagingPool, part: readonly Prepared[]): Promise<BigUint64Array> {
  const count = 2 * part.length;
  const querySet = gpu.createQuerySet({ type: "timestamp", count });
  const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
  const resolved = gpu.createBuffer({ label: "timestamps", size: 8 * count, usage });
  try {
    const encoder = gpu.createCommandEncoder();
    part.forEach((prepared, i) => {
      const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
      const pass = encoder.beginComputePass({ timestampWrites });
      pass.setPipeline(prepared.pipeline);
      pass.setBindGroup(0, prepared.group);
      pass.dispatchWorkgroups(...prepared.grid);
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    gpu.queue.submit([encoder.finish()]);
    return new BigUint64Array(await staging.read(resolved, 0, 8 * count));
  } catch (error) {
    throw new DeviceError("the device could not measure dispatches", { cause: error });
  } finally {
    resolved.destroy();
    querySet.destroy();
  }
}
