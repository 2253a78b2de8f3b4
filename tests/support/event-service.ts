import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a stream does instead of streaming: nothing at all, an answer that is no stream, or not to exist. */
export type StreamFault = 'held' | 'silent' | 'not-a-stream' | 'absent';

/** An event as the service below keeps it. */
export interface FakeEvent {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly status: string;
  readonly created: string;
  readonly createdBy: string;
  readonly job: { readonly id: string };
  readonly data?: unknown;
}

interface Stream {
  readonly ids: readonly string[] | null;
  readonly response: ServerResponse;
  /** For one job the id of an event is its number. */
  readonly isOne: boolean;
}

const CREATED = '2026-01-01T00:00:00.000Z';

/** An id of a job for tests, the n-th. */
export function fakeJobId(n: number): string {
  return `${String(n).padStart(18, '0')}-0a1b2c3d-4e5f-007`;
}

/**
 * The monitoring part of the service in memory, for tests of clients: jobs whose events the test makes, and faults
 * of the network between.
 */
export class EventService implements AsyncDisposable {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #log: FakeEvent[] = [];
  readonly #jobs = new Map<string, FakeEvent[]>();
  readonly #streams = new Set<Stream>();
  readonly #waiting = new Set<() => void>();
  /** Paths of the requests so far. */
  readonly seen: string[] = [];
  /** What is wrong with streams. */
  fault: StreamFault | null = null;
  /** Whether the service knows of statuses in bulk, of `since` and of `wait`. */
  isOld = false;
  /** While true every request is broken off. */
  isAway = false;
  /** Answers 429 to so many streams. */
  refusals = 0;
  /** Cursors before it are out of reach. */
  retainedFrom = 0;

  static async start(): Promise<EventService> {
    const service = new EventService();
    await new Promise<void>((resolve) => {
      service.#server.listen(0, '127.0.0.1', resolve);
    });
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /** Makes an event; the first makes the job. `status` stays where the name is none. */
  happen(
    id: string,
    name: string,
    { hidden = false, data }: { hidden?: boolean; data?: unknown } = {},
  ): void {
    const before = this.#jobs.get(id) ?? [];
    const isStatus = /^(PENDING|RUNNING|FINISHED|FAILED|STAGING_INPUTS)$/.test(name);
    const event: FakeEvent = {
      id: `${id}.${before.length + 1}`,
      seq: before.length + 1,
      name,
      status: isStatus ? name : (before.at(-1)?.status ?? 'PENDING'),
      created: CREATED,
      createdBy: 'ada',
      job: { id },
      ...(data !== undefined && { data }),
    };
    this.#jobs.set(id, [...before, event]);
    this.#log.push(event);
    for (const stream of this.#streams) {
      if (!hidden) this.#send(stream, event, this.#log.length);
      this.#endIfOver(stream);
    }
    this.#wakeAll();
  }

  /** Says that something changed. */
  change(id: string): void {
    for (const { response } of this.#streams)
      response.write(`event: changed\ndata: ${JSON.stringify({ jobId: id })}\n\n`);
  }

  /** Deletes a job; its streams end when nothing else can come. */
  delete(id: string): void {
    this.happen(id, 'DELETED');
    this.#jobs.delete(id);
    for (const stream of this.#streams) this.#endIfOver(stream);
  }

  /** Takes events back, as the restore of a backup does. */
  restore(id: string, seq: number): void {
    this.#jobs.set(id, (this.#jobs.get(id) ?? []).slice(0, seq));
  }

  /** Writes to every stream. */
  write(text: string): void {
    for (const { response } of this.#streams) response.write(text);
  }

  /** Breaks every stream. */
  cut(): void {
    for (const { response } of this.#streams) response.destroy();
    this.#streams.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '', 'http://a');
    this.seen.push(`${request.method} ${url.pathname}${url.search}`);
    if (this.isAway) return void response.destroy();
    const position = url.searchParams.get('since') ?? request.headers['last-event-id'];
    if (url.pathname === '/jobs/v2/events')
      return this.#stream(response, url, typeof position === 'string' ? position : null);
    if (url.pathname === '/jobs/v2/statuses' && !this.isOld) return this.#sendStatuses(response, body);
    const [, id = '', part] = /^\/jobs\/v2\/([^/]+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
    if (!this.#jobs.has(id)) return refuse(response, 404, 'job.not-found');
    if (part === 'events') return this.#streamOne(response, id, Number(position ?? 0));
    if (part === 'history') return this.#sendHistory(response, id, url.searchParams);
    if (part === 'status' && url.searchParams.has('wait')) await this.#wait(id, url.searchParams);
    return sendJson(response, this.#view(id));
  }

  #view(id: string) {
    const events = this.#jobs.get(id) ?? [];
    const status = events.at(-1)?.status;
    const known = { id, status, stopRequested: false, lastUpdated: CREATED };
    return this.isOld ? known : { ...known, seq: events.length };
  }

  #sendStatuses(response: ServerResponse, body: string): void {
    const { ids } = JSON.parse(body) as { ids: string[] };
    const jobs = ids.filter((id) => this.#jobs.has(id)).map((id) => this.#view(id));
    sendJson(response, { jobs, missing: ids.filter((id) => !this.#jobs.has(id)) });
  }

  #sendHistory(response: ServerResponse, id: string, query: URLSearchParams): void {
    const since = this.isOld ? 0 : Number(query.get('since') ?? 0);
    const entries = (this.#jobs.get(id) ?? [])
      .slice(since)
      .filter(({ name }) => name !== 'CREATED') // As the service does: the guide's history begins with PENDING.
      .map(({ id: event, seq, name, created, createdBy }) => ({
        ...(this.isOld ? {} : { id: event, seq }),
        status: name,
        created,
        createdBy,
      }));
    const offset = Number(query.get('offset') ?? 0);
    sendJson(response, entries.slice(offset, offset + Number(query.get('limit') ?? 100)));
  }

  /** Waits for an event after `since`, at most for 200 ms: tests have no time. */
  async #wait(id: string, query: URLSearchParams): Promise<void> {
    if (this.isOld || (this.#jobs.get(id)?.length ?? 0) > Number(query.get('since'))) return;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      setTimeout(resolve, 200);
    });
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #begin(response: ServerResponse, ids: readonly string[] | null, isOne: boolean): Stream | null {
    if (this.refusals > 0) {
      this.refusals -= 1;
      refuse(response, 429, 'stream.too-many', { 'retry-after': '0' });
      return null;
    }
    if (this.fault === 'absent') refuse(response, 404, isOne ? 'route.not-found' : 'job.not-found');
    if (this.fault === 'not-a-stream') sendJson(response, {});
    if (this.fault === 'silent')
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    if (this.fault !== null) return null;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write('retry: 2000\n\n');
    const stream = { ids, response, isOne };
    this.#streams.add(stream);
    response.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  #streamOne(response: ServerResponse, id: string, since: number): void {
    const stream = this.#begin(response, [id], true);
    if (stream === null) return;
    const events = this.#jobs.get(id) ?? [];
    if (since > events.length) this.#reset(response, String(events.length));
    for (const event of events.slice(since)) this.#send(stream, event, 0);
    this.#endIfOver(stream);
  }

  #stream(response: ServerResponse, url: URL, position: string | null): void {
    const ids = url.searchParams.get('ids')?.split(',') ?? null;
    const stream = this.#begin(response, ids, false);
    if (stream === null) return;
    const from = position === null ? this.#log.length : Number(position.slice(1));
    if (position !== null && from < this.retainedFrom) this.#reset(response, `c${this.#log.length}`);
    else {
      response.write(`id: c${from}\n\n`);
      for (const [index, event] of this.#log.entries())
        if (index >= from) this.#send(stream, event, index + 1);
    }
    this.#endIfOver(stream);
  }

  #reset(response: ServerResponse, cursor: string): void {
    response.write(`id: ${cursor}\nevent: reset\ndata: ${JSON.stringify({ reason: 'too old', cursor })}\n\n`);
  }

  #send(stream: Stream, event: FakeEvent, cursor: number): void {
    if (stream.ids !== null && !stream.ids.includes(event.job.id)) return;
    const id = stream.isOne ? event.seq : `c${cursor}`;
    stream.response.write(`id: ${id}\nevent: event\ndata: ${JSON.stringify(event)}\n\n`);
  }

  #endIfOver(stream: Stream): void {
    const { ids, response } = stream;
    if (ids === null || response.writableEnded) return;
    const isOver = ids.every((id) => /FINISHED|FAILED/.test(this.#jobs.get(id)?.at(-1)?.status ?? 'FAILED'));
    if (isOver) this.#streams.delete(stream);
    if (isOver) response.end('event: end\ndata: {}\n\n');
  }
}

function sendJson(response: ServerResponse, result: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'success', message: null, version: 'test', result }));
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(
    JSON.stringify({ status: 'error', message: 'No.', version: 'test', code, requestId: 'req-1' }),
  );
}
