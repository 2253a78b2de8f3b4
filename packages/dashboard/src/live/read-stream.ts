import type { SseBlock } from '@arras/client/sse';
import type { LiveNews } from './live-news.ts';

/** What one block of the stream says. Names that a later service may add say nothing. */
export function readBlock({ event, data }: SseBlock): LiveNews | null {
  if (data === null) return null;
  switch (event) {
    case 'event':
      return { kind: 'event', event: JSON.parse(data) };
    case 'changed':
      return { kind: 'changed', jobId: JSON.parse(data).jobId };
    case 'reset':
      return { kind: 'resync', isReset: true };
    default:
      return null;
  }
}
