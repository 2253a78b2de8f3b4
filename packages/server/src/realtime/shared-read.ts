/** A read of something as it is now: callers at the same time share one that begins after they have asked. */
export class SharedRead<Value> {
  readonly #read: () => Promise<Value>;
  #running: Promise<unknown> | null = null;
  #next: Promise<Value> | null = null;

  constructor(read: () => Promise<Value>) {
    this.#read = read;
  }

  read(): Promise<Value> {
    this.#next ??= this.#begin();
    return this.#next;
  }

  /** After the one that is under way: it may have begun before something that the caller knows of. */
  async #begin(): Promise<Value> {
    await this.#running;
    this.#next = null;
    const result = this.#read();
    this.#running = result.catch(() => undefined);
    return result;
  }
}
