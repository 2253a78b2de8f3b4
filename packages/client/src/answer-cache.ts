/** An answer that may still be good, and the name of its version. */
export interface CachedAnswer {
  readonly etag: string;
  readonly text: string;
}

/** Both limits are far above what one program looks at in turn, and far below what it would notice. */
const MOST_ANSWERS = 300;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** The last answers with an ETag, by address, in memory: asked again, the service may say that nothing changed. */
export class AnswerCache {
  /** In the order of their last use: a Map keeps the order of insertion. */
  readonly #answers = new Map<string, CachedAnswer>();
  #characters = 0;

  find(url: string): CachedAnswer | null {
    const answer = this.#remove(url);
    if (answer !== null) this.#insert(url, answer);
    return answer;
  }

  store(url: string, answer: CachedAnswer): void {
    this.#remove(url);
    if (answer.text.length > MOST_CHARACTERS) return;
    this.#insert(url, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MOST_ANSWERS && this.#characters <= MOST_CHARACTERS) return;
      this.#remove(oldest);
    }
  }

  #insert(url: string, answer: CachedAnswer): void {
    this.#answers.set(url, answer);
    this.#characters += answer.text.length;
  }

  #remove(url: string): CachedAnswer | null {
    const answer = this.#answers.get(url);
    if (answer === undefined) return null;
    this.#answers.delete(url);
    this.#characters -= answer.text.length;
    return answer;
  }
}
