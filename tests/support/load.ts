import { setTimeout as delay } from 'node:timers/promises';
import type { JobView } from '../../packages/contract/src/index.ts';
import { type Api, connectApi } from './api.ts';

/** One answer to a request of a load, or that there was none. */
export interface LoadAnswer {
  /** 0: no answer. */
  readonly status: number;
  readonly retryAfter: string | null;
  readonly tookMs: number;
}

/** A client that keeps submitting jobs of one app. */
export interface Load {
  readonly accepted: readonly string[];
  readonly answers: readonly LoadAnswer[];
  /** Ends it once the request under way is answered. */
  end(): Promise<void>;
}

/** Submits jobs one after the other, each with a key of its own that is never used again. */
export function startLoad(
  url: () => string,
  request: Readonly<Record<string, unknown>>,
  { pauseMs = 50 }: { readonly pauseMs?: number } = {},
): Load {
  const api: Api = connectApi(url);
  const accepted: string[] = [];
  const answers: LoadAnswer[] = [];
  const controller = new AbortController();
  const submitting = (async () => {
    while (!controller.signal.aborted) {
      const since = performance.now();
      const answer = await api
        .request<JobView>('POST', '/jobs/v2', { name: 'load', archive: false, ...request })
        .catch(() => null);
      answers.push({
        status: answer?.status ?? 0,
        retryAfter: answer?.headers.get('retry-after') ?? null,
        tookMs: performance.now() - since,
      });
      if (answer?.status === 201) accepted.push(answer.body.result.id);
      await delay(pauseMs);
    }
  })();
  return {
    accepted,
    answers,
    end: async () => {
      controller.abort();
      await submitting;
    },
  };
}
