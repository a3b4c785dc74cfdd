/** Which WebGPU adapters this machine has, and what they can do. */
import type { DeviceLimits } from "./device.ts";

/** An adapter, described without any type of WebGPU except the handle itself. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  readonly name: string;
  readonly software: boolean;
}

/** All adapters that Deno gives, the fast one first. Empty when there is none. */
export async function findAdapters(): Promise<FoundAdapter[]> {
  const gpu = navigator.gpu as GPU | undefined;
  if (!gpu) return [];
  const requests: GPURequestAdapterOptions[] = [
    { powerPreference: "high-performance" },
    { powerPreference: "low-power" },
    { forceFallbackAdapter: true },
  ];
  const found = new Map<string, FoundAdapter>();
  for (const request of requests) {
    const adapter = await gpu.requestAdapter(request);
    if (!adapter) continue;
    const name = adapterName(adapter);
    if (!found.has(name)) found.set(name, { adapter, name, software: isSoftware(adapter) });
  }
  return [...found.values()];
}

/** For people, such as "NVIDIA H200 (WebGPU)". */
export function adapterName(adapter: GPUAdapter): string {
  const { description, device, architecture, vendor } = adapter.info;
  return `${
    description || [vendor, architecture, device].filter((part) => part).join(" ") || "unnamed adapter"
  } (WebGPU)`;
}

/** True for an adapter that is itself a CPU program. */
export function isSoftware(adapter: GPUAdapter): boolean {
  const info = adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
  const text = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  return info.isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(text);
}

/** Features that Tessera uses where they exist. */
export function wantedFeatures(adapter: GPUAdapter): GPUFeatureName[] {
  const wanted: GPUFeatureName[] = ["timestamp-query", "shader-f16"];
  return wanted.filter((feature) => adapter.features.has(feature));
}

/** The adapter's own limits: as the request for a device needs them, and as the device interface names them. */
export function adapterLimits(adapter: GPUAdapter): { requested: Record<string, number>; device: DeviceLimits } {
  const own = adapter.limits;
  const alignment = Math.min(256, Math.max(own.minStorageBufferOffsetAlignment, own.minUniformBufferOffsetAlignment));
  const requested = {
    maxBufferSize: own.maxBufferSize,
    maxStorageBufferBindingSize: own.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: own.maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize: own.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: own.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: own.maxComputeWorkgroupSizeX,
    maxComputeWorkgroupSizeY: own.maxComputeWorkgroupSizeY,
    maxComputeWorkgroupSizeZ: own.maxComputeWorkgroupSizeZ,
    maxComputeWorkgroupsPerDimension: own.maxComputeWorkgroupsPerDimension,
    minStorageBufferOffsetAlignment: alignment,
    minUniformBufferOffsetAlignment: alignment,
  };
  return {
    requested,
    device: {
      maxBufferBytes: floor4(own.maxBufferSize),
      maxBindingBytes: floor4(Math.min(own.maxStorageBufferBindingSize, own.maxBufferSize)),
      maxBindings: own.maxStorageBuffersPerShaderStage,
      maxWorkgroupInvocations: own.maxComputeInvocationsPerWorkgroup,
      maxWorkgroupMemoryBytes: own.maxComputeWorkgroupStorageSize,
      maxGrid: own.maxComputeWorkgroupsPerDimension,
      bindingAlignment: alignment,
    },
  };
}

function floor4(bytes: number): number {
  return bytes - (bytes % 4);
}
