import type { QueryInputOf } from '@arras/contract';
import type { Call, CallOptions } from './operation.ts';

/** Subscriptions, and what became of their deliveries. */
export function notificationCalls(call: Call) {
  return {
    /** Yours that are active; with `associatedUuid` or another term those of every status. */
    list: (query: QueryInputOf<'listNotifications'> = {}) => call('listNotifications', { query }),
    show: (id: string) => call('showNotification', { params: { id } }),
    /** With `secret: true` the answer holds the signing secret, this once. */
    create: (body: CallOptions<'createNotification'>['body']) => call('createNotification', { body }),
    /** What is left out stays; a policy is replaced as a whole. */
    update: (id: string, body: CallOptions<'updateNotification'>['body']) =>
      call('updateNotification', { params: { id }, body }),
    /** Deliveries that wait are cancelled. */
    delete: (id: string) => call('deleteNotification', { params: { id } }),
    /** Failed attempts, newest first; with `status: 'all'` the others too. */
    attempts: (id: string, query: QueryInputOf<'listAttempts'> = {}) =>
      call('listAttempts', { params: { id }, query }),
    attempt: (id: string, attemptId: string) => call('showAttempt', { params: { id, attemptId } }),
    deleteAttempt: (id: string, attemptId: string) => call('deleteAttempt', { params: { id, attemptId } }),
    /** Every event that matched, newest first, with its state. */
    deliveries: (id: string, query: QueryInputOf<'listDeliveries'> = {}) =>
      call('listDeliveries', { params: { id }, query }),
    /** Sends past events again: those named, those of a range, or without a choice all that are parked. */
    replay: (id: string, body: CallOptions<'replayNotification'>['body'] = {}) =>
      call('replayNotification', { params: { id }, body }),
    /** Sends a sample of an event now, once; the attempt tells what the receiver said. */
    test: (id: string, body: CallOptions<'testNotification'>['body'] = {}) =>
      call('testNotification', { params: { id }, body }),
    /** Sends a message now, once (the original's way of trying a subscription out). */
    fire: (id: string, body: CallOptions<'fireNotification'>['body'] = {}) =>
      call('fireNotification', { params: { id }, body }),
    /** What would be sent for an event of a job; nothing is sent or stored. */
    preview: (body: CallOptions<'previewNotification'>['body']) => call('previewNotification', { body }),
    /** The new secret is in this answer, this once; the former one goes on signing beside it for 24 hours. */
    rotateSecret: (id: string) => call('rotateNotificationSecret', { params: { id } }),
  };
}
