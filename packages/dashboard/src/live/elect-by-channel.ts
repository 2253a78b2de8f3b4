import type { Election } from './election.ts';
import type { TabChannel, TabMessage } from './tab-channel.ts';
import { aborted, type Timing, waitMs } from './timing.ts';

// Pages over plain HTTP that is not of this machine have no locks. There the tabs agree by messages: a tab that would
// lead says so and waits; a leader answers, and of several who would lead the one with the least name does. Messages
// are not delayed in hidden tabs, as timers are. Two leaders tell each other, and one of them stops.

/** How long others have to answer a claim, in milliseconds. */
const ANSWER_MS = 250;

/** How often a tab asks whether anybody leads, in milliseconds: a tab that crashed says no farewell. */
const ASK_EVERY_MS = 4_000;

/** What the election is made of. */
export interface ChannelElectionSeams {
  readonly channel: TabChannel;
  readonly timing: Timing;
  /** Of this tab, random. */
  readonly name: string;
}

/** Decides by messages between the tabs. */
export function electByChannel(seams: ChannelElectionSeams): Election {
  const voter = new Voter(seams);
  return { run: (lead, until) => voter.run(lead, until), depose: () => voter.wake() };
}

/** A lead that somebody has for as long as they need it. */
export interface HeldLead extends Disposable {
  /** Aborted when another tab turns out to have it as well, and with more right. */
  readonly lost: AbortSignal;
  /** Resolves when the other tabs have been told that it is free. */
  readonly ended: Promise<void>;
}

/** Takes the lead at once and until the disposal; null: another tab has it. */
export function takeByChannel(seams: ChannelElectionSeams): Promise<HeldLead | null> {
  return new Voter(seams).take();
}

/** One tab; it waits, claims, or leads. */
class Voter {
  readonly #seams: ChannelElectionSeams;
  /** Ends the wait before the next claim. */
  #wake = new AbortController();
  /** Set while this tab leads. */
  #leading: AbortController | null = null;
  #isRefused = false;

  constructor(seams: ChannelElectionSeams) {
    this.#seams = seams;
  }

  wake(): void {
    this.#wake.abort();
  }

  async run(lead: (signal: AbortSignal) => Promise<void>, until: AbortSignal): Promise<void> {
    const { channel, timing } = this.#seams;
    const stopListening = channel.listen((message) => this.#hear(message));
    while (!until.aborted) {
      if (await this.#claim(until)) await this.#lead(lead, until);
      this.#wake = new AbortController();
      await waitMs(timing, ASK_EVERY_MS, AbortSignal.any([until, this.#wake.signal]));
    }
    stopListening();
  }

  async take(): Promise<HeldLead | null> {
    const released = new AbortController();
    const stopListening = this.#seams.channel.listen((message) => this.#hear(message));
    if (!(await this.#claim(released.signal))) {
      stopListening();
      return null;
    }
    const held = Promise.withResolvers<AbortSignal>();
    const hold = (lost: AbortSignal) => {
      held.resolve(lost);
      return aborted(lost);
    };
    const ended = this.#lead(hold, released.signal).finally(stopListening);
    return { lost: await held.promise, ended, [Symbol.dispose]: () => released.abort() };
  }

  /** True when nobody else leads, or would with more right. */
  async #claim(until: AbortSignal): Promise<boolean> {
    const { channel, timing, name } = this.#seams;
    this.#isRefused = false;
    channel.post({ kind: 'claim', from: name });
    await waitMs(timing, ANSWER_MS, until);
    return !this.#isRefused && !until.aborted;
  }

  async #lead(lead: (signal: AbortSignal) => Promise<void>, until: AbortSignal): Promise<void> {
    const { channel, name } = this.#seams;
    this.#leading = new AbortController();
    channel.post({ kind: 'lead', from: name });
    await lead(AbortSignal.any([until, this.#leading.signal]));
    this.#leading = null;
    channel.post({ kind: 'resign' });
  }

  #hear(message: TabMessage): void {
    const { channel, name } = this.#seams;
    if (message.kind === 'resign') return this.wake();
    if (message.kind !== 'claim' && message.kind !== 'lead') return;
    if (this.#leading === null) {
      if (message.kind === 'lead' || message.from < name) this.#isRefused = true;
      return;
    }
    if (message.kind === 'lead' && message.from < name) this.#leading.abort();
    else channel.post({ kind: 'lead', from: name });
  }
}
