import type { Dispatcher } from 'undici';
import { explainFailure } from '../../net/connection-failure.ts';
import type { EgressGuard } from '../../net/egress.ts';

/** The OpenID provider gave no answer that can be used; the message says why, for the operator. */
export class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable';
  /** Whether the log has it: everybody who comes while the provider is away gets the same one. */
  isLogged = false;
}

/** One call of the provider. */
export interface IssuerCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A whole answer. */
export interface IssuerAnswer {
  readonly status: number;
  /** Parsed JSON; undefined where it is none. */
  readonly json: unknown;
}

/** Calls the provider. Throws {@link IssuerUnreachable}. */
export type CallIssuer = (call: IssuerCall) => Promise<IssuerAnswer>;

/** Time for a whole call: somebody waits for it. */
const ANSWER_MS = 5_000;

/** The documents of providers have a few KiB. */
const MAX_ANSWER_BYTES = 262_144;

/** Calls through the guard of every address that comes from outside; redirects are not followed (RELIABILITY S3). */
export function createIssuerCalls(guard: Pick<EgressGuard, 'agent' | 'checkUrl'>): CallIssuer {
  return async ({ url, method, headers = {}, body }) => {
    const target = new URL(url);
    const why = guard.checkUrl(target);
    if (why !== null) throw new IssuerUnreachable(why);
    try {
      const answer = await guard.agent.request({
        origin: target.origin,
        path: `${target.pathname}${target.search}`,
        method,
        headers: { accept: 'application/json', ...headers },
        body: body ?? null,
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return { status: answer.statusCode, json: parseJson(await readWhole(answer.body)) };
    } catch (error) {
      if (error instanceof IssuerUnreachable) throw error;
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      throw new IssuerUnreachable(isLate ? 'no whole answer within 5 s' : explainFailure(error).sentence);
    }
  };
}

async function readWhole(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    total += chunk.length;
    // Leaving the loop destroys the body and with it the connection.
    if (total > MAX_ANSWER_BYTES) throw new IssuerUnreachable('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
