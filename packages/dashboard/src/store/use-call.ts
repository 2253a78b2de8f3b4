import { useEffect, useMemo, useRef } from 'preact/hooks';
import { onResync, untilBegun } from '../live/live.ts';
import { onReconnect } from '../live/on-reconnect.ts';
import { noteFailure } from '../session/session.ts';
import { type Loaded, Loader, type Read } from './loader.ts';

/** What {@link useCall} gives. */
export interface CallState<Value> {
  readonly state: Loaded<Value>;
  /** Reads it again; what is shown stays meanwhile. */
  readonly refresh: () => void;
}

/**
 * Reads something from the service, again when `deps` change (then what was shown goes), on `refresh()`, and when
 * something may have been missed (then it stays). Gives the read up when the component goes.
 */
export function useCall<Value>(read: Read<Value>, deps: readonly unknown[]): CallState<Value> {
  const loader = useMemo(() => new Loader<Value>(Date.now), []);
  const latest = useRef(read);
  latest.current = read;
  const refresh = useMemo(
    () => () => {
      void loader
        .load(async (signal) => {
          await untilBegun(signal);
          return latest.current(signal);
        })
        .then((failure) => failure !== null && noteFailure(failure));
    },
    [],
  );
  useEffect(() => {
    loader.clear();
    refresh();
    const stopListening = onResync(refresh);
    const stopWaiting = onReconnect(() => {
      if (loader.state.peek().kind === 'failed') refresh();
    });
    return () => {
      stopListening();
      stopWaiting();
      loader.stop();
    };
  }, deps);
  return { state: loader.state.value, refresh };
}
