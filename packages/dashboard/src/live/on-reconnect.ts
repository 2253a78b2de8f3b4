import { live } from './live.ts';

/**
 * Runs when the stream is there again after it was lost: whoever could not be answered meanwhile asks again. A stream
 * that goes on where it stopped has missed nothing, and says nothing else. Ends with the function that it gives.
 */
export function onReconnect(run: () => void): () => void {
  let wasLive = true;
  return live.subscribe(({ state }) => {
    if (state === 'live' && !wasLive) run();
    wasLive = state === 'live';
  });
}
