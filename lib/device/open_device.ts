/** Choosing a device: the best real GPU, else the CPU; a software WebGPU adapter only on request. */
import { type Device, DeviceError, type DeviceLimits } from "./device.ts";
import { CPU_LIMITS, openCpuDevice } from "./cpu/mod.ts";
import { isTrusted } from "./trusted.ts";
import { openWebGpuDevice } from "./webgpu.ts";
import { adapterLimits, findAdapters, wantedFeatures } from "./webgpu_adapter.ts";

/** `webgpu`: a real GPU. `software`: a WebGPU adapter that is a CPU program (slow; for tests). `cpu`: our own CPU device. */
export type DeviceKind = "webgpu" | "cpu" | "software";

const KINDS: readonly DeviceKind[] = ["webgpu", "cpu", "software"];

/** How to choose a device. */
export interface OpenOptions {
  /** Threads of the CPU device. Default: the environment variable `TESSERA_THREADS`, else one per core. */
  readonly threads?: number;
  /** Forces one kind. Default: the environment variable `TESSERA_DEVICE`, else the best that is present. */
  readonly kind?: DeviceKind;
}

/** One line of `deno task doctor`. */
export interface DeviceReport {
  /** What `openDevice({ kind })` takes. */
  readonly kind: DeviceKind;
  /** For people. */
  readonly name: string;
  /** A WebGPU adapter that is itself a CPU program. */
  readonly software: boolean;
  /** Whether this machine has it. */
  readonly present: boolean;
  /** Optional features that are there. */
  readonly features: readonly string[];
  /** What kernels may use; `null` when absent. */
  readonly limits: DeviceLimits | null;
  /** Why it is absent and what to install; empty when present. */
  readonly advice: string;
}

const NO_GPU = "no GPU with a Vulkan, Metal or DirectX 12 driver was found; install the driver of the graphics card " +
  "(Debian and Ubuntu: `apt install libvulkan1` and the vendor's package, such as nvidia-driver or mesa-vulkan-drivers)";
const NO_SOFTWARE = "no software Vulkan driver was found; install one (Debian and Ubuntu: " +
  "`apt install libvulkan1 mesa-vulkan-drivers`) and ask for it with `--device software` or TESSERA_DEVICE=software";

/**
 * Opens the device that fits best and says in `name` which one it is.
 * @throws DeviceError saying what was found and what to install.
 * @example
 * ```ts
 * import { openDevice } from "@tessera/worlds";
 * using device = await openDevice({ kind: "software" });
 * console.log(device.name);
 * ```
 */
export async function openDevice(options: OpenOptions = {}): Promise<Device & Disposable> {
  const kind = options.kind ?? environment("TESSERA_DEVICE") as DeviceKind | undefined;
  if (kind !== undefined) checkKind(kind, options.kind === undefined ? "TESSERA_DEVICE" : "openDevice");
  if (kind === "cpu") return await openCpu(options.threads);
  const adapters = await findAdapters();
  const wanted = adapters.find((found) => found.software === (kind === "software"));
  if (wanted) return await openWebGpuDevice(wanted.adapter);
  const present = adapters.map((found) => found.name).join(", ") || "no adapter";
  if (kind === "software") throw new DeviceError(`expected a software adapter but found ${present}: ${NO_SOFTWARE}`);
  if (kind === "webgpu") {
    throw new DeviceError(
      `expected a GPU but found ${present}: ${NO_GPU}; ` +
        "or leave out --device webgpu and TESSERA_DEVICE=webgpu to use the CPU",
    );
  }
  return await openCpu(options.threads);
}

/** The CPU device, with the threads that the caller or `TESSERA_THREADS` asks for. */
async function openCpu(threads?: number): Promise<Device & Disposable> {
  const wanted = environment("TESSERA_THREADS");
  if (threads === undefined && wanted !== undefined) {
    threads = Number(wanted);
    if (!Number.isInteger(threads) || threads < 1) {
      throw new DeviceError(
        `TESSERA_THREADS: expected a whole number of threads, at least 1, but found ${JSON.stringify(wanted)}. ` +
          "Leave it out to get one per core.",
      );
    }
  }
  return await openCpuDevice({ ...threads === undefined ? {} : { threads }, unchecked: isTrusted });
}

/**
 * Every device this machine has or could have. Opens none.
 *
 * @param kinds Only these kinds; no graphics driver is loaded if `cpu` is the only one. Default: all.
 * @throws DeviceError for a kind that does not exist.
 */
export async function listDevices(kinds: readonly DeviceKind[] = KINDS): Promise<DeviceReport[]> {
  for (const kind of kinds) checkKind(kind, "listDevices");
  const adapters = kinds.every((kind) => kind === "cpu") ? [] : await findAdapters();
  const reports: DeviceReport[] = adapters.map(({ adapter, name, software }) => ({
    kind: software ? "software" : "webgpu",
    name,
    software,
    present: true,
    features: wantedFeatures(adapter),
    limits: adapterLimits(adapter).device,
    advice: "",
  }));
  const absent = (kind: DeviceKind, name: string, advice: string): void => {
    if (reports.some((report) => report.kind === kind)) return;
    reports.push({ kind, name, software: kind === "software", present: false, features: [], limits: null, advice });
  };
  absent("webgpu", "GPU (WebGPU)", NO_GPU);
  absent("software", "software adapter (WebGPU)", NO_SOFTWARE);
  const threads = navigator.hardwareConcurrency;
  reports.push({
    kind: "cpu",
    name: `CPU, ${threads} thread${threads === 1 ? "" : "s"} (WASM SIMD)`,
    software: false,
    present: true,
    features: [],
    limits: CPU_LIMITS,
    advice: "",
  });
  return reports.filter((report) => kinds.includes(report.kind));
}

function checkKind(kind: DeviceKind, where: string): void {
  if (KINDS.includes(kind)) return;
  throw new DeviceError(
    `${where}: expected a device of kind ${KINDS.join(", ")} but found ${JSON.stringify(kind)}. ` +
      "Leave it out to get a real GPU if there is one, else the CPU.",
  );
}

function environment(name: string): string | undefined {
  // Asking for the state first avoids a prompt where the environment may not be read.
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  return Deno.env.get(name) || undefined;
}
