import { randomUUID } from 'node:crypto';
import { signWebhook } from '@arras/client';
import type { LiveEvent } from './live-event.ts';

/** What came of forwarding an event: the answer's code, or why there was none. */
export interface Forwarded {
  readonly code: number | null;
  readonly tookMs: number;
  /** Null when there was an answer. */
  readonly problem: string | null;
}

/** Where events go, and under which secret. */
export interface ForwardTarget {
  readonly url: string;
  readonly secret: string;
}

/** As long as a delivery of the service waits. */
const ANSWER_MS = 15_000;

/** POSTs an event with the body and the headers that a delivery has, signed. Once; what the receiver says is final. */
export async function forwardEvent(target: ForwardTarget, event: LiveEvent): Promise<Forwarded> {
  const body = JSON.stringify(webhookBody(event));
  const began = performance.now();
  const tookMs = () => Math.round(performance.now() - began);
  try {
    const answer = await fetch(target.url, {
      method: 'POST',
      headers: await headersOf(target, event, body),
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await answer.body?.cancel();
    return { code: answer.status, tookMs: tookMs(), problem: null };
  } catch (error) {
    return { code: null, tookMs: tookMs(), problem: describe(error) };
  }
}

/** The job as it was, and the event, as in a delivery. */
export function webhookBody({ job, event }: LiveEvent): Readonly<Record<string, unknown>> {
  const { id, seq, name, created, description = null, data } = event;
  const told = { id, seq, name, created, description };
  return { ...job, event: told, ...(data !== undefined && data !== null && { data }) };
}

async function headersOf(
  { secret }: ForwardTarget,
  { event: { id, name } }: LiveEvent,
  body: string,
): Promise<Record<string, string>> {
  const timestampSeconds = Math.floor(Date.now() / 1_000);
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'Agave-Hookbot/listen',
    'X-Agave-Delivery': randomUUID(),
    'X-Agave-Notification': 'listen',
    'X-Agave-Event': name,
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': await signWebhook({ id, timestampSeconds, body }, secret),
  };
}

/** The innermost reason: `fetch` says "fetch failed" and keeps the reason in `cause`. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_MS / 1_000} s`;
  return error.cause instanceof Error ? describe(error.cause) : error.message || error.name;
}
