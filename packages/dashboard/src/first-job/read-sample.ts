import { requestOfApp } from '@arras/contract';
import { call } from '../api/call.ts';

/** A request to begin with. */
export interface Sample {
  readonly appId: string;
  /** As JSON. */
  readonly text: string;
}

/** A request for an app that the user may run; null when there is none. @throws ApiFailure */
export async function readSample(signal: AbortSignal): Promise<Sample | null> {
  const [first] = await call('listApps', { query: { limit: 1, available: true }, signal });
  if (first === undefined) return null;
  const app = await call('showApp', { params: { id: first.id }, signal });
  return { appId: app.id, text: `${JSON.stringify(requestOfApp(app, []), null, 2)}\n` };
}
