import { randomBytes } from 'node:crypto';
import { createJobTokens } from '../../packages/server/src/auth/job-token.ts';
import { createMessageKeys } from '../../packages/server/src/auth/message-keys.ts';
import { createSecretBox } from '../../packages/server/src/auth/secret-box.ts';
import type { HttpContext, MessageControl } from '../../packages/server/src/http/context.ts';
import { createRateLimit } from '../../packages/server/src/http/rate-limit.ts';
import type { Shot } from '../../packages/server/src/notifications/fire.ts';

/** Parts of a context that keep what they are asked to send instead of sending it. */
export interface QuietMessages
  extends Pick<
    HttpContext,
    'notifications' | 'secrets' | 'jobTokens' | 'messageKeys' | 'callbackLimit' | 'fireLimit' | 'guessLimit'
  > {
  /** What was to be sent by hand. */
  readonly fired: readonly Shot[];
}

/** Makes them; every attempt is refused with 503, and hosts below `refused.example` may not be called. */
export function quietMessages(): QuietMessages {
  const keys = [randomBytes(32)] as const;
  const fired: Shot[] = [];
  const nowMs = () => performance.now();
  return {
    fired,
    notifications: keepMessages(fired),
    secrets: createSecretBox({ keys: [...keys], randomBytes }),
    jobTokens: createJobTokens([...keys]),
    messageKeys: createMessageKeys([...keys]),
    callbackLimit: createRateLimit({ burst: 5, perMinute: 1, nowMs }),
    fireLimit: createRateLimit({ burst: 5, perMinute: 1, nowMs }),
    guessLimit: createRateLimit({ burst: 50, perMinute: 1, nowMs }),
  };
}

function keepMessages(fired: Shot[]): MessageControl {
  return {
    async fireNow(order) {
      fired.push(order);
      const { subscription, cause, event, associatedUuid } = order;
      return {
        id: '174000000000000000-00000000-0000-042' as never,
        subscription_id: subscription.id,
        lane: associatedUuid,
        position: null,
        event_id: null,
        event_name: event,
        associated_uuid: associatedUuid,
        number: 1,
        cause,
        target: subscription.url,
        outcome: 'refused',
        code: 503,
        message: 'Service Unavailable',
        error_class: 'http',
        request_head: 'X-Agave-Event: TEST\n',
        request_body: Buffer.from('{}'),
        request_mail: null,
        response_head: '',
        response_body: '',
        response_cut: false,
        started_at: new Date(),
        ended_at: new Date(),
        visible: true,
      };
    },
    preview: async ({ url, job, event }) => ({
      channel: url.includes('://') ? 'webhook' : 'email',
      url,
      body: { id: job.id, event },
      mail: null,
    }),
    checkUrl: (url) => (url.includes('refused.example') ? 'it is refused in this test' : null),
  };
}
