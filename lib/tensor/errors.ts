/**
 * Shapes that do not fit. The message names the operation, the shapes, and the line of the caller: the first line of the
 * call stack outside the tensor and layer libraries.
 */
export class ShapeError extends Error {
  /** For `switch (error.name)`. */
  override name = "ShapeError";

  /** Finds the caller's line in the stack. */
  constructor(operation: string, problem: string) {
    super(`${operation}: ${problem}`);
    const line = callerLine(this.stack ?? "");
    if (line) this.message += `\n  called at ${line}`;
  }
}

/** Throws a `ShapeError` unless `condition` holds. */
export function expectShape(condition: boolean, operation: string, problem: () => string): asserts condition {
  if (!condition) throw new ShapeError(operation, problem());
}

function callerLine(stack: string): string | null {
  for (const line of stack.split("\n").slice(1)) {
    const place = /\(?((?:file|https?):\/\/[^)\s]+|[^()\s]+:\d+:\d+)\)?$/.exec(line.trim())?.[1];
    if (place && !/\/lib\/(tensor|nn)\//.test(place)) return place.replace(/^file:\/\//, "");
  }
  return null;
}
