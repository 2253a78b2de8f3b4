/** What a code of the catalogue says when nothing more precise is known. */
export interface ErrorEntry {
  /** The HTTP status. */
  readonly status: number;
  readonly message: string;
  /** What the reader can do about it. */
  readonly remedy: string;
}
