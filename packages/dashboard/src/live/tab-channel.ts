import type { LinkStatus, LiveNews } from './live-news.ts';

/** What tabs say to each other. A term is the time in which one tab leads. */
export type TabMessage =
  /** What the stream told the leader, and where the stream is behind it. */
  | {
      readonly kind: 'news';
      readonly term: string;
      /** Where the stream of the term began; null: at no place that any tab knew. */
      readonly origin: string | null;
      /** 1, 2, 3 … of one term. */
      readonly serial: number;
      /** To a `hello`: says the last one again, without its news. */
      readonly isAnswer: boolean;
      readonly cursor: string | null;
      readonly news: readonly LiveNews[];
      readonly status: LinkStatus;
    }
  /** A tab wants to know how it stands. */
  | { readonly kind: 'hello' }
  /** A tab would lead, if nobody does; of several the one with the least name does. */
  | { readonly kind: 'claim'; readonly from: string }
  | { readonly kind: 'lead'; readonly from: string }
  | { readonly kind: 'resign' };

/** Carries messages to all other tabs, not to the own. */
export interface TabChannel {
  post(message: TabMessage): void;
  /** Ends with the function that it gives. */
  listen(hear: (message: TabMessage) => void): () => void;
}

/** The channel between the tabs of this browser that show this service. */
export function openTabChannel(name: string): TabChannel & Disposable {
  const channel = new BroadcastChannel(name);
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- channels have one origin, and no such argument
    post: (message) => channel.postMessage(message),
    listen: (hear) => {
      const onMessage = ({ data }: MessageEvent) => hear(data as TabMessage);
      channel.addEventListener('message', onMessage);
      return () => channel.removeEventListener('message', onMessage);
    },
    [Symbol.dispose]: () => channel.close(),
  };
}
