/** Makes every library in this process take the same WebGPU adapter. */
import { findAdapters, isSoftware } from "../../../lib/device/webgpu_adapter.ts";
import { CannotDo } from "./peer.ts";

/**
 * From here on `navigator.gpu.requestAdapter` gives an adapter of this kind, whatever it is asked for.
 * @returns its name
 * @throws CannotDo when this machine has none
 */
export async function useAdapter(kind: "webgpu" | "software"): Promise<string> {
  const wanted = (await findAdapters()).find((found) => found.software === (kind === "software"));
  if (!wanted) throw new CannotDo(`this machine has no ${kind === "software" ? "software adapter" : "GPU"}`);
  const gpu = navigator.gpu, original = gpu.requestAdapter.bind(gpu);
  const requestAdapter = async (): Promise<GPUAdapter | null> => {
    const requests = [{ powerPreference: "high-performance" }, { powerPreference: "low-power" }, {
      forceFallbackAdapter: true,
    }] as const;
    for (const request of requests) {
      const adapter = await original(request);
      if (adapter && isSoftware(adapter) === wanted.software) return adapter;
    }
    return null;
  };
  Object.defineProperty(gpu, "requestAdapter", { value: requestAdapter });
  return wanted.name;
}

/** Makes this process believe that the machine has so many cores. Libraries read it when they start their threads. */
export function limitCores(count: number): void {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: count });
}
