import { type Device, type DeviceBuffer, DeviceError, type DeviceLimits } from "./device.ts";

/** What every WebGPU device allows. */
const COMMON_LIMITS: DeviceLimits = {
  maxBufferBytes: 2 ** 31,
  maxBindingBytes: 2 ** 31,
  maxBindings: 8,
  maxWorkgroupInvocations: 256,
  maxWorkgroupMemoryBytes: 16384,
  maxGrid: 65535,
  bindingAlignment: 256,
};

/**
 * A device that only counts: programs can be traced and planned on it, for machines of any size, without memory or kernels.
 * Whatever would compute is refused.
 */
export function planningDevice(): Device {
  let liveBuffers = 0, liveBytes = 0;
  const refuse = (what: string) => (): never => {
    throw new DeviceError(`the planning device does not ${what}; open a real one with openDevice()`);
  };
  return {
    name: "planning only",
    kind: "webgpu",
    software: false,
    limits: COMMON_LIMITS,
    get liveBuffers() {
      return liveBuffers;
    },
    get liveBytes() {
      return liveBytes;
    },
    buffer(bytes: number, label: string): DeviceBuffer {
      let live = true;
      liveBuffers++;
      liveBytes += bytes;
      return {
        bytes,
        label,
        dispose() {
          if (!live) return;
          live = false;
          liveBuffers--;
          liveBytes -= bytes;
        },
      };
    },
    write() {},
    kernel: refuse("compile kernels"),
    ready: () => Promise.resolve(),
    submit: refuse("run kernels"),
    profile: () => Promise.resolve(null),
    read: () => Promise.reject(new DeviceError("the planning device holds no data; open a real one with openDevice()")),
    sync: () => Promise.resolve(),
    close() {},
  };
}
