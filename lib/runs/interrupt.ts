/** Ctrl-C and SIGTERM as a request: save at the next step and stop. */

/** Listens until it is disposed. */
export interface Interrupt extends Disposable {
  /** Aborts at the first signal. Long work looks at it between steps. */
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM, null when nothing came: what the command should exit with. */
  readonly exitCode: number | null;
  /** Stops listening; signals end the process again. A second call does nothing. */
  dispose(): void;
}

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Catches Ctrl-C and SIGTERM. The first one aborts `signal`, the second one ends the process at once.
 *
 * @param tell prints a line for the user; default: stderr
 *
 * @example
 * ```ts
 * using interrupt = catchInterrupt();
 * while (step < steps && !interrupt.signal.aborted) await trainStep();
 * await writer.save(step, state());
 * ```
 */
export function catchInterrupt(tell: (line: string) => void = (line) => console.error(line)): Interrupt {
  const controller = new AbortController();
  let exitCode: number | null = null;
  // Windows knows no SIGTERM; there Ctrl-C is all there is.
  const names = Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM"] as const;
  const listeners = names.map((name) => {
    const listener = (): void => {
      if (exitCode !== null) Deno.exit(CODES[name]);
      exitCode = CODES[name];
      tell("\nStopping: saving at the next step. Once more ends at once, without saving.");
      controller.abort(new DOMException(`stopped by ${name}`, "AbortError"));
    };
    Deno.addSignalListener(name, listener);
    return { name, listener };
  });
  const dispose = (): void => {
    for (const { name, listener } of listeners.splice(0)) Deno.removeSignalListener(name, listener);
  };
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}
