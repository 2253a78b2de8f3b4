/** Decides which tab leads. Two may lead for a moment: each tab takes every event once, whoever brings it. */
export interface Election {
  /**
   * Takes part until the signal is aborted. Calls `lead` each time this tab has won; its signal is aborted when the tab
   * leads no more, and the tab stands again once `lead` has returned.
   */
  run(lead: (signal: AbortSignal) => Promise<void>, until: AbortSignal): Promise<void>;
  /** The leader has said nothing for too long: this tab takes its place, if it does not answer. */
  depose(): void;
}
