import { serviceLoadSchema } from './load.ts';
import type { Route } from './route.ts';

/** Operations for those who run the service. */
export const OPERATOR_ROUTES = {
  showLoad: {
    method: 'GET',
    path: '/admin/v2/load',
    tag: 'Operators',
    summary: 'Show what the service has in hand',
    description:
      'Tasks in the queue and for how long they wait for a worker, retries, processes with the jobs they hold, deliveries and streams: the numbers of `GET /metrics`, of all processes together, at most five seconds old. Only for administrators.',
    access: 'admin',
    success: { status: 200, schema: serviceLoadSchema },
    errors: [],
  },
} as const satisfies Record<string, Route>;
