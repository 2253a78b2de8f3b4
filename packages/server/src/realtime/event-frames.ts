import { cursorOf, type FedEvent } from '../database/feed.ts';
import { renderJobEvent } from '../events/event-view.ts';
import type { ViewContext } from '../events/view-context.ts';
import { renderCursor } from './cursor.ts';
import { EventFrame } from './frame.ts';

/** Events kept rendered: those of some seconds at the highest rates, a kilobyte or two each. */
const KEPT = 2_000;

interface Rendered {
  readonly json: string;
  ofJob: EventFrame | null;
  ofFeed: EventFrame | null;
}

/** Renders each event once, however many streams carry it. */
export class EventFrames {
  readonly #view: Pick<ViewContext, 'formatTime'>;
  readonly #kept = new Map<string, Rendered>();

  constructor(view: Pick<ViewContext, 'formatTime'>) {
    this.#view = view;
  }

  /** For the stream of the event's job, which resumes by sequence number. */
  ofJob(event: FedEvent): EventFrame {
    const rendered = this.#render(event);
    rendered.ofJob ??= new EventFrame(String(event.seq), rendered.json);
    return rendered.ofJob;
  }

  /** For streams of many jobs, which resume by cursor. */
  ofFeed(event: FedEvent): EventFrame {
    const rendered = this.#render(event);
    rendered.ofFeed ??= new EventFrame(renderCursor(cursorOf(event)), rendered.json);
    return rendered.ofFeed;
  }

  #render(event: FedEvent): Rendered {
    // All of an event stays the same but how far its transfer is.
    const key = event.transfer === null ? event.id : `${event.id} ${event.transfer.updated_at.getTime()}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const rendered = { json: JSON.stringify(renderJobEvent(this.#view, event)), ofJob: null, ofFeed: null };
    this.#kept.set(key, rendered);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return rendered;
  }
}
