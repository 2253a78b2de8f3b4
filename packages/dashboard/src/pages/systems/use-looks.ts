import { useEvery } from '../../live/use-every.ts';
import { useNews } from '../../live/use-news.ts';

/** Systems send no events of their own: they are looked at this often while they are seen, in milliseconds. */
const EVERY_MS = 15_000;

/** Reads again when jobs have news, and now and then. */
export function useLooks(refresh: () => void): void {
  useNews(refresh);
  useEvery(EVERY_MS, refresh);
}
