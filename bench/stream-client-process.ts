import { connect, type Socket } from 'node:net';

// Ten thousand clients of streams in one process: plain sockets that read Server-Sent Events, and come back after a cut
// as browsers do. The parent says what to open and asks what came.

/** A stream to open; `key` names it in arrivals. */
export interface StreamOrder {
  readonly key: string;
  readonly path: string;
  readonly token: string;
}

/** What the parent asks. */
export type ClientOrder =
  | { readonly kind: 'open'; readonly port: number; readonly streams: readonly StreamOrder[] }
  | { readonly kind: 'state' }
  | { readonly kind: 'take' };

/** How many streams are open, and what was wrong with what came. */
export interface ClientState {
  readonly open: number;
  readonly gaps: number;
  readonly refused: string | null;
  /** Events of each stream together. */
  readonly events: number;
}

/** Events that came since the last time: the stream's key and the event's id, and when, in milliseconds since 1970. */
export interface ClientArrivals {
  readonly arrivals: readonly (readonly [event: string, at: number])[];
}

/** Milliseconds within which a client comes back after a cut. */
const RETRY_MS = 2_000;
/** Connections that are opened together. */
const AT_ONCE = 200;

const EVENT = /^id: (\S+)\nevent: event\ndata: (.*)$/s;
const SEQ = /"seq":(\d+),/;
const JOB = /"job":\{"id":"([^"]+)"/;

let port = 0;
let open = 0;
let gaps = 0;
let events = 0;
let refused: string | null = null;
let arrivals: [string, number][] = [];

class Client {
  readonly #order: StreamOrder;
  readonly #lastSeqs = new Map<string, number>();
  #socket: Socket | null = null;
  #lastId: string | null = null;
  #rest = '';
  #isOpen = false;

  constructor(order: StreamOrder) {
    this.#order = order;
  }

  connect(): void {
    const { path, token } = this.#order;
    const resume = this.#lastId === null ? '' : `Last-Event-ID: ${this.#lastId}\r\n`;
    const socket = connect(port, '127.0.0.1');
    this.#socket = socket;
    this.#rest = '';
    socket.setNoDelay(true).setEncoding('latin1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${resume}\r\n`);
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed());
  }

  #closed(): void {
    if (this.#isOpen) open -= 1;
    this.#isOpen = false;
    this.#socket = null;
    setTimeout(() => this.connect(), Math.random() * RETRY_MS);
  }

  #receive(text: string): void {
    const at = performance.timeOrigin + performance.now();
    this.#rest += text;
    if (!this.#isOpen && !this.#readHead()) return;
    const blocks = this.#rest.split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#take(block, at);
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) return false;
    if (!this.#rest.startsWith('HTTP/1.1 200')) {
      refused = this.#rest.slice(0, 400);
      this.#socket?.destroy();
      return false;
    }
    this.#isOpen = true;
    open += 1;
    this.#rest = this.#rest.slice(end + 4);
    return true;
  }

  #take(block: string, at: number): void {
    const [, id, data = ''] = EVENT.exec(block) ?? [];
    if (id === undefined) {
      this.#lastId = /^id: (\S+)$/m.exec(block)?.[1] ?? this.#lastId;
      return;
    }
    this.#lastId = id;
    events += 1;
    const job = JOB.exec(data)?.[1] ?? '';
    const seq = Number(SEQ.exec(data)?.[1]);
    const last = this.#lastSeqs.get(job);
    if (last !== undefined && seq !== last + 1) gaps += 1;
    this.#lastSeqs.set(job, seq);
    arrivals.push([`${job} ${seq}`, at]);
  }
}

async function openAll(orders: readonly StreamOrder[]): Promise<void> {
  for (let begin = 0; begin < orders.length; begin += AT_ONCE) {
    const wanted = open + Math.min(AT_ONCE, orders.length - begin);
    for (const order of orders.slice(begin, begin + AT_ONCE)) new Client(order).connect();
    while (!areOpen(wanted)) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Also when one was refused: the parent hears why. */
function areOpen(wanted: number): boolean {
  return open >= wanted || refused !== null;
}

process.on('message', (order: ClientOrder) => {
  if (order.kind === 'open') {
    port = order.port;
    void openAll(order.streams);
  } else if (order.kind === 'state') {
    process.send?.({ open, gaps, refused, events } satisfies ClientState);
  } else {
    process.send?.({ arrivals } satisfies ClientArrivals);
    arrivals = [];
  }
});
process.on('disconnect', () => process.exit(0));
