import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CopyAnswers, CopyMessage, CopyReply, CopyRequest } from './copy-requests.ts';

/** One for each side of a copy: its reading and hashing, and its writing. */
const WORKERS = 2;
/** Beside this file, with its ending: `.ts` in a checkout, `.js` where the package is installed. */
const PROGRAM = new URL(`./copy-worker${extname(import.meta.filename)}`, import.meta.url);
/** Threads that nobody needs end after so many milliseconds. */
const IDLE_MS = 30_000;

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

interface CopyWorker {
  readonly thread: Worker;
  readonly waiting: Map<number, Waiting>;
  idle: NodeJS.Timeout | undefined;
}

/** The threads of this process, by lane; they hold nothing between requests but running hashes. */
const workers = new Map<number, CopyWorker>();
let lastNumber = 0;

/** A number for a running hash, and the lane whose requests keep their order. */
export function createHashId(): number {
  lastNumber += 1;
  return lastNumber;
}

/** Hands a request to the thread of a lane, any number; requests of one lane are worked on in their order. */
export function askCopyWorker<Kind extends CopyRequest['kind']>(
  request: Extract<CopyRequest, { kind: Kind }>,
  lane: number,
): Promise<CopyAnswers[Kind]> {
  const worker = findWorker(lane % WORKERS);
  lastNumber += 1;
  const message: CopyMessage = { number: lastNumber, request };
  const { promise, resolve, reject } = Promise.withResolvers<CopyAnswers[Kind]>();
  worker.waiting.set(message.number, { resolve, reject });
  clearTimeout(worker.idle);
  worker.thread.ref();
  worker.thread.postMessage(message, goingAlong(message.request));
  return promise;
}

/** Memory that is the worker's until its answer. */
function goingAlong(request: CopyRequest): ArrayBuffer[] {
  return request.kind === 'hash-block' ? [request.buffer.buffer] : [];
}

function findWorker(lane: number): CopyWorker {
  const known = workers.get(lane);
  if (known !== undefined) return known;
  const thread = new Worker(PROGRAM);
  const worker: CopyWorker = { thread, waiting: new Map(), idle: undefined };
  workers.set(lane, worker);
  const forget = (error: Error): void => {
    if (workers.get(lane) === worker) workers.delete(lane);
    clearTimeout(worker.idle);
    for (const { reject } of worker.waiting.values()) reject(error);
    worker.waiting.clear();
  };
  thread.on('message', (reply: CopyReply) => settle(worker, reply));
  thread.on('error', forget);
  thread.on('exit', () => forget(new Error('the copying thread has ended')));
  return worker;
}

function settle(worker: CopyWorker, reply: CopyReply): void {
  const waiting = worker.waiting.get(reply.number);
  worker.waiting.delete(reply.number);
  if (worker.waiting.size === 0) rest(worker);
  // Each answer is that of its request's kind: `carryOut` of the worker sees to it.
  if ('answer' in reply) return waiting?.resolve(reply.answer as never);
  const { message, code } = reply.failure;
  waiting?.reject(Object.assign(new Error(message), code === null ? {} : { code }));
}

/** Keeps no process from ending. */
function rest(worker: CopyWorker): void {
  worker.thread.unref();
  worker.idle = setTimeout(() => {
    for (const [lane, one] of workers) if (one === worker) workers.delete(lane);
    void worker.thread.terminate();
  }, IDLE_MS);
  worker.idle.unref();
}
