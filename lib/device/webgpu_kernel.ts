/** Compiling WGSL on WebGPU: every step stands in an error scope, because a pipeline that fails validation does not throw. */
import { DeviceError, type Kernel, type KernelSource } from "./device.ts";
import { type Access, type Declarations, readDeclarations, withWritableBindings } from "./webgpu_source.ts";

/** A pipeline and the layout its bind groups need. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** A compiled kernel. `variants` holds extra pipelines for dispatches that read and write parts of one buffer. */
export class WebGpuKernel implements Kernel {
  readonly name: string;
  readonly variants = new Map<string, Pipeline>();
  /** Set as soon as the driver has refused the kernel. */
  problem: DeviceError | null = null;
  constructor(
    readonly owner: object,
    readonly id: number,
    readonly source: KernelSource,
    readonly constants: Readonly<Record<string, number>>,
    readonly declarations: Declarations,
    readonly plain: Pipeline,
  ) {
    this.name = source.name;
  }
}

/** A module, and what the compiler says about it once it has said it. */
interface Module {
  readonly module: GPUShaderModule;
  readonly problem: Promise<DeviceError | null>;
}

/** Compiles and keeps kernels: one shader module per page, one pipeline per (page, entry point, constants). */
export class KernelCache {
  readonly #gpu: GPUDevice;
  readonly #modules = new Map<string, Module>();
  readonly #kernels = new Map<string, WebGpuKernel>();
  #nextId = 0;
  #checked: Promise<unknown> = Promise.resolve();
  #failure: DeviceError | null = null;

  constructor(gpu: GPUDevice, readonly owner: object) {
    this.#gpu = gpu;
  }

  /**
   * Starts to compile, at once and without waiting for errors: `checked` and `takeFailure` tell them.
   * @throws DeviceError when the page lacks the entry point or the constants do not fit it.
   */
  get(source: KernelSource, constants: Record<string, number>): WebGpuKernel {
    const sorted = Object.entries(constants).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([source.name, source.entry ?? "main", sorted]) + source.code;
    let kernel = this.#kernels.get(key);
    if (!kernel) {
      kernel = this.#compile(source, Object.fromEntries(sorted), key);
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }

  /** Settles, never with an error, when every kernel made so far is known to be good or bad. */
  async checked(): Promise<void> {
    await this.#checked;
  }

  /** The first refused kernel that nobody was told of yet. */
  takeFailure(): DeviceError | null {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  #compile(source: KernelSource, constants: Record<string, number>, key: string): WebGpuKernel {
    const declarations = readDeclarations(source);
    checkConstants(source, constants, declarations);
    const { module, problem: moduleProblem } = this.#module(source);
    this.#gpu.pushErrorScope("validation");
    let plain: Pipeline;
    let scope: Promise<GPUError | null>;
    try {
      plain = makePipeline(this.#gpu, module, source, constants, declarations.access);
    } finally {
      scope = this.#gpu.popErrorScope();
    }
    const kernel = new WebGpuKernel(this.owner, this.#nextId++, source, constants, declarations, plain);
    const check = Promise.all([moduleProblem, scope]).then(([inModule, inPipeline]) => {
      const problem = inModule ?? (inPipeline ? pipelineProblem(kernel, inPipeline) : null);
      if (!problem) return;
      kernel.problem = problem;
      this.#failure ??= problem;
      this.#kernels.delete(key);
    });
    this.#checked = Promise.all([this.#checked, check]);
    return kernel;
  }

  #module(source: KernelSource): Module {
    let made = this.#modules.get(source.code);
    if (!made) {
      made = createModule(this.#gpu, source);
      this.#modules.set(source.code, made);
    }
    return made;
  }

  /**
   * The kernel with some `read` bindings made `read_write`. WebGPU forbids one buffer to be read-only and writable in one
   * dispatch, even where the windows do not touch; an arena needs exactly that. Errors reach the scope of the caller.
   */
  writable(kernel: WebGpuKernel, bindings: ReadonlySet<number>): Pipeline {
    const key = [...bindings].sort((a, b) => a - b).join(",");
    let pipeline = kernel.variants.get(key);
    if (!pipeline) {
      const code = withWritableBindings(kernel.source.code, bindings);
      const module = this.#gpu.createShaderModule({ label: kernel.name, code });
      const access = new Map([...kernel.declarations.access].map(([binding, how]): [number, Access] => [
        binding,
        bindings.has(binding) ? "read_write" : how,
      ]));
      pipeline = makePipeline(this.#gpu, module, kernel.source, kernel.constants, access);
      kernel.variants.set(key, pipeline);
    }
    return pipeline;
  }
}

function makePipeline(
  gpu: GPUDevice,
  module: GPUShaderModule,
  source: KernelSource,
  constants: Readonly<Record<string, number>>,
  access: ReadonlyMap<number, Access>,
): Pipeline {
  const type = { read: "read-only-storage", read_write: "storage", uniform: "uniform" } as const;
  const layout = gpu.createBindGroupLayout({
    label: source.name,
    entries: [...access].map(([binding, how]) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: type[how] },
    })),
  });
  const pipeline = gpu.createComputePipeline({
    label: source.name,
    layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: source.entry ?? "main", constants: { ...constants } },
  });
  return { pipeline, layout };
}

function createModule(gpu: GPUDevice, source: KernelSource): Module {
  gpu.pushErrorScope("validation");
  const module = gpu.createShaderModule({ label: source.name, code: source.code });
  const scope = gpu.popErrorScope();
  const problem = Promise.all([module.getCompilationInfo(), scope]).then(([info, refused]) => {
    const messages = info.messages.filter((message) => message.type === "error");
    if (messages.length === 0 && !refused) return null;
    const text = messages.map((message) => located(source, message)).join("\n") || refused?.message;
    return new DeviceError(`kernel ${source.name} does not compile\n${text}`, refused ? { cause: refused } : undefined);
  });
  return { module, problem };
}

/** "matmul.wgsl:12:5: message", with the line itself unless the message already shows it. */
function located(source: KernelSource, { lineNum, linePos, message }: GPUCompilationMessage): string {
  if (lineNum === 0) return `${source.name}.wgsl: ${message.trim()}`;
  const line = source.code.split("\n")[lineNum - 1] ?? "";
  const shown = message.includes("┌─") ? "" : `\n  ${line}\n  ${" ".repeat(Math.max(0, linePos - 1))}^`;
  return `${source.name}.wgsl:${lineNum}:${linePos}: ${message.trim()}${shown}`;
}

function pipelineProblem(kernel: WebGpuKernel, cause: GPUError): DeviceError {
  const entry = kernel.source.entry ?? "main";
  return new DeviceError(
    `kernel ${kernel.name}, entry ${entry}: the pipeline does not compile: ${cause.message.trim()}\n` +
      `  constants: ${JSON.stringify(kernel.constants)}`,
    { cause },
  );
}

function checkConstants(source: KernelSource, constants: Record<string, number>, declarations: Declarations): void {
  const known = [...declarations.overrides.keys()];
  for (const [name, value] of Object.entries(constants)) {
    if (!declarations.overrides.has(name)) {
      throw new DeviceError(
        `kernel ${source.name}: expected constants among {${known.join(", ")}} but found "${name}"; ` +
          `declare "override ${name}" in the page or leave the constant out`,
      );
    }
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new DeviceError(`kernel ${source.name}: expected a finite number for constant ${name} but found ${value}`);
    }
  }
  for (const [name, hasDefault] of declarations.overrides) {
    if (!hasDefault && !(name in constants)) {
      throw new DeviceError(
        `kernel ${source.name}: expected a value for "override ${name}" but found none; give it in the constants`,
      );
    }
  }
}
