import type { Message } from '../../packages/server/src/channels/channel.ts';

/** A message as deliveries make it, with the given parts instead of its own. */
export function channelMessage(target: string, changes: Partial<Message> = {}): Message {
  return {
    target,
    messageId: '0001414144065563-0000000a-000a-042',
    deliveryId: '0001414144065563-0000000a-000a-042',
    subscriptionId: '0001414144065563-0000000b-000b-011',
    event: 'FINISHED',
    body: Buffer.from('{"id":"1","name":"é"}'),
    mail: {
      subject: 'FINISHED: demo',
      text: 'The status has changed.\n',
      html: '<p>The status has changed.</p>\n',
      threadId: '0001414144065563-5056a550b8-0001-007',
    },
    secrets: [],
    attemptedAt: new Date(),
    ...changes,
  };
}

/** A signal for attempts that nobody cuts. */
export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
