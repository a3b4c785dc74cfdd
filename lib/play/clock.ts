/** A steady beat that never falls into a rush: after a pause it goes on from now instead of catching up. */

/** Beats that are missed at most before the clock starts anew. */
const PATIENCE = 3;

/**
 * Calls `beat` `rate` times a second until stopped. A beat begins when the last one has ended.
 * @returns stops the clock
 */
export function startClock(rate: number, beat: () => void | Promise<void>): () => void {
  if (!(rate > 0)) throw new RangeError(`clock: expected a rate above 0 but found ${rate}`);
  const length = 1000 / rate;
  let next = performance.now() + length, timer: ReturnType<typeof setTimeout> | undefined, stopped = false;
  const strike = async () => {
    next += length;
    await beat();
    if (stopped) return;
    const now = performance.now();
    if (now > next + PATIENCE * length) next = now;
    timer = setTimeout(strike, Math.max(0, next - now));
  };
  timer = setTimeout(strike, length);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
