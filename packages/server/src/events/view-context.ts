import type { FormatTime } from '../domain/timestamp.ts';

/** How the service shows itself: the part of the handlers' context that views read. */
export interface ViewContext {
  /** Base of every address in an answer, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly tenant: string;
  readonly formatTime: FormatTime;
}
