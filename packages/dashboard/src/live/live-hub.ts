import type { Election } from './election.ts';
import { EventOrder } from './event-order.ts';
import { keepStream, type StreamReport, type StreamSeams } from './keep-stream.ts';
import type { LinkStatus, LiveNews } from './live-news.ts';
import type { TabChannel, TabMessage } from './tab-channel.ts';
import { aborted } from './timing.ts';

// One tab of the browser leads: it holds the stream and says everything it hears to the others. A tab is a follower
// until it is elected, and again when it is deposed. Followers remember where the stream was, so that the next leader
// goes on from there; what one of them has missed shows in the serial numbers of a term or in its origin, and what
// comes twice in the numbers of the events.

/** The leader says something at least every 15 s: the service sends a sign of life that often. Milliseconds. */
export const LEADER_SILENCE_MS = 25_000;

/** How often a follower looks whether the leader is still there, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** What a hub is made of. */
export interface LiveHubSeams extends StreamSeams {
  readonly channel: TabChannel;
  readonly election: Election;
  /** A name that no other term has. */
  readonly newTerm: () => string;
}

/** What a tab is told. */
export interface LiveHubListener {
  /** Each event once, and those of a job in order. */
  hear(news: LiveNews): void;
  showStatus(status: LinkStatus): void;
  /** Nobody is signed in any more. */
  signedOut(): void;
}

type Term = Pick<Extract<TabMessage, { kind: 'news' }>, 'term' | 'origin' | 'serial'>;

/** The part that one tab has in the one stream of the browser. */
export class LiveHub {
  readonly #seams: LiveHubSeams;
  readonly #listener: LiveHubListener;
  readonly #order = new EventOrder();
  #cursor: string | null = null;
  #term: Term | null = null;
  #isLeading = false;
  #status: LinkStatus = { state: 'reconnecting', asOfMs: null };
  #heardAtMs: number;

  constructor(seams: LiveHubSeams, listener: LiveHubListener) {
    this.#seams = seams;
    this.#listener = listener;
    this.#heardAtMs = seams.timing.nowMs();
  }

  /** Takes part until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const stopListening = this.#seams.channel.listen((message) => this.#hear(message));
    this.ask();
    this.#watchLeader(signal);
    await this.#seams.election.run((leading) => this.#lead(leading), signal);
    stopListening();
  }

  /** Asks the leader how it stands: of use after a time in which this tab was frozen. */
  ask(): void {
    this.#seams.channel.post({ kind: 'hello' });
  }

  async #lead(signal: AbortSignal): Promise<void> {
    this.#isLeading = true;
    this.#term = { term: this.#seams.newTerm(), origin: this.#cursor, serial: 0 };
    try {
      await keepStream(this.#seams, this.#cursor, { tell: (report) => this.#pass(report), signal });
    } catch {
      this.#listener.signedOut();
      await aborted(signal);
    } finally {
      this.#isLeading = false;
      this.#heardAtMs = this.#seams.timing.nowMs();
    }
  }

  /** What the stream tells the leader is for all tabs. */
  #pass({ news, cursor, status }: StreamReport): void {
    if (this.#term === null) return;
    this.#term = { ...this.#term, serial: this.#term.serial + 1 };
    this.#cursor = cursor;
    this.#status = status;
    this.#seams.channel.post({ kind: 'news', ...this.#term, isAnswer: false, cursor, news, status });
    this.#deliver(news, status);
  }

  #hear(message: TabMessage): void {
    if (message.kind === 'hello') this.#answer();
    if (message.kind !== 'news' || this.#isLeading) return;
    const hasMissed = this.#hasMissed(message);
    this.#term = { term: message.term, origin: message.origin, serial: message.serial };
    this.#cursor = message.cursor;
    this.#status = message.status;
    this.#heardAtMs = this.#seams.timing.nowMs();
    if (hasMissed) this.#listener.hear({ kind: 'resync', isReset: false });
    this.#deliver(message.news, message.status);
  }

  #answer(): void {
    if (!this.#isLeading || this.#term === null || this.#term.serial === 0) return;
    const answer = { ...this.#term, isAnswer: true, cursor: this.#cursor, status: this.#status };
    this.#seams.channel.post({ kind: 'news', news: [], ...answer });
  }

  /** True when the leader has said something that this tab has not heard. */
  #hasMissed({ term, origin, serial, isAnswer }: Extract<TabMessage, { kind: 'news' }>): boolean {
    const known = this.#term;
    if (known === null) return false;
    if (known.term !== term) return origin !== this.#cursor || serial > 1;
    return serial !== known.serial + (isAnswer ? 0 : 1);
  }

  #deliver(news: readonly LiveNews[], status: LinkStatus): void {
    for (const item of news) this.#deliverOne(item);
    this.#listener.showStatus(status);
  }

  #deliverOne(news: LiveNews): void {
    if (news.kind === 'resync' && news.isReset) this.#order.forget();
    if (news.kind !== 'event') return this.#listener.hear(news);
    const { job, seq } = news.event;
    const place = this.#order.take(job.id, seq);
    if (place === 'seen') return;
    this.#listener.hear(news);
    // The job was not shared with the user for a while: nobody says what happened then.
    if (place === 'after-gap') this.#listener.hear({ kind: 'changed', jobId: job.id });
  }

  /** A tab that the browser has frozen holds its lock, and reads nothing. */
  #watchLeader(signal: AbortSignal): void {
    const { timing, election } = this.#seams;
    const look = () => {
      if (signal.aborted) return;
      timing.after(LOOK_EVERY_MS, look);
      if (this.#isLeading || timing.nowMs() - this.#heardAtMs < LEADER_SILENCE_MS) return;
      this.#heardAtMs = timing.nowMs();
      this.#status = { ...this.#status, state: 'reconnecting' };
      this.#listener.showStatus(this.#status);
      election.depose();
    };
    look();
  }
}
