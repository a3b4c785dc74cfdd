import { type MetricsRow, readMetrics, type Run, runPaths } from "../runs/mod.ts";

/** The run's metrics; empty if there are none. */
export async function runMetrics(run: Run): Promise<MetricsRow[]> {
  return await readMetrics(runPaths.metrics(run)).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  });
}
