/** Work that must not overlap, done one after the other in the order in which it was asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does `work` when all earlier work is done, whether that succeeded or not. */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Resolves when all work asked for so far is done. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
