import { batch } from '@preact/signals';

/** Those who want to hear of something. */
export class Listeners<Value> {
  readonly #all = new Set<(value: Value) => void>();

  /** Ends with the function that it gives. */
  add(listener: (value: Value) => void): () => void {
    // A function of its own: whoever adds the same listener twice hears twice, and ends each for itself.
    const entry = (value: Value) => listener(value);
    this.#all.add(entry);
    return () => this.#all.delete(entry);
  }

  /** Tells all of them; the page is drawn once afterwards. One that fails does not keep the others from hearing. */
  tell(value: Value): void {
    batch(() => {
      for (const listener of this.#all) {
        try {
          listener(value);
        } catch (error) {
          reportError(error);
        }
      }
    });
  }
}
