import type { z } from 'zod';
import {
  CHANNEL_PROTOCOL,
  CHANNELS_PATH,
  channelMessageSchema,
  channelRequestSchema,
  MAX_CHANNEL_MESSAGE_BYTES,
  MAX_SOCKET_CHANNELS,
} from './channel-messages.ts';
import { page, table } from './reference-page.ts';

/** `docs/reference/channels.md`: what travels on a WebSocket. */
export function renderChannelReference(): string {
  return page('Messages of channels', [
    `A WebSocket at \`${CHANNELS_PATH}\` (subprotocol \`${CHANNEL_PROTOCOL}\`) carries JSON, one message in each text frame. A connection follows at most ${MAX_SOCKET_CHANNELS} channels; messages of clients have at most ${MAX_CHANNEL_MESSAGE_BYTES / 1024} KiB. The guide is [Streams](../guides/streams.md).`,
    '## From the client',
    renderMessages(channelRequestSchema.options),
    '## From the service',
    renderMessages(channelMessageSchema.options),
    '## Codes with which connections end',
    table(
      ['Code', 'Meaning'],
      [
        ['1008', 'The token is missing, or does not count (any more). The reason is an error code.'],
        ['1009', 'A message was too long.'],
        ['1012', 'The service stops: connect again.'],
        ['1013', 'The client did not read what it was sent: connect again and go on after the last id.'],
      ],
    ),
  ]);
}

function renderMessages(schemas: readonly z.ZodObject[]): string {
  return table(
    ['`type`', 'Fields', 'Meaning'],
    schemas.map((schema) => [renderType(schema), renderFields(schema), schema.description ?? '']),
  );
}

function renderType({ shape }: z.ZodObject): string {
  return `\`${String((shape['type'] as z.ZodLiteral).value)}\``;
}

function renderFields({ shape }: z.ZodObject): string {
  return Object.entries(shape)
    .filter(([name]) => name !== 'type')
    .map(([name, field]) => `\`${name}${(field as z.ZodType).isOptional() ? '?' : ''}\``)
    .join(', ');
}
