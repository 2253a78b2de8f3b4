import type { Handler, HandlersOf } from '../handler.ts';
import { answer } from '../reply.ts';

const showLiveness: Handler<'showLiveness'> = () => Promise.resolve(answer({ status: 'live' }));

const showReadiness: Handler<'showReadiness'> = async ({ context }) => {
  const readiness = await context.isReady();
  return answer(readiness, { status: readiness.status === 'ready' ? 200 : 503 });
};

const showMetrics: Handler<'showMetrics'> = async ({ context }) => ({
  kind: 'bytes',
  body: await context.metrics.metrics(),
  headers: { 'content-type': context.metrics.contentType },
});

/** The document as it was generated: parsing it for every caller would change nothing. */
const showOpenApi: Handler<'showOpenApi'> = ({ context }) =>
  Promise.resolve({
    kind: 'bytes',
    body: context.openApi,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
  });

/** Operations of the service itself. */
export const SERVICE_HANDLERS: HandlersOf<'Service'> = {
  showLiveness,
  showReadiness,
  showMetrics,
  showOpenApi,
};
