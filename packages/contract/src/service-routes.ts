import type { Route } from './route.ts';
import { livenessSchema, openApiDocumentSchema, readinessSchema } from './service.ts';

/** Operations of the service itself. All are public and answer without an envelope. */
export const SERVICE_ROUTES = {
  showLiveness: {
    method: 'GET',
    path: '/health/live',
    tag: 'Service',
    summary: 'Is the process alive?',
    description: 'Answers as long as the process can answer at all.',
    access: 'public',
    bare: true,
    success: { status: 200, schema: livenessSchema },
    errors: [],
  },
  showReadiness: {
    method: 'GET',
    path: '/health/ready',
    tag: 'Service',
    summary: 'Can the service do its work?',
    description:
      'Looks at the database and at whether the service is shutting down. 503 carries the same body.',
    access: 'public',
    bare: true,
    success: { status: 200, schema: readinessSchema },
    alternatives: [{ status: 503, schema: readinessSchema, when: 'it cannot' }],
    errors: [],
  },
  showMetrics: {
    method: 'GET',
    path: '/metrics',
    tag: 'Service',
    summary: 'Metrics',
    description: 'In the text format of Prometheus.',
    access: 'public',
    bare: true,
    success: { status: 200, schema: 'bytes', mediaType: 'text/plain' },
    errors: [],
  },
  showOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    tag: 'Service',
    summary: 'This API as an OpenAPI document',
    description: 'OpenAPI 3.1.',
    access: 'public',
    bare: true,
    success: { status: 200, schema: openApiDocumentSchema },
    errors: [],
  },
} as const satisfies Record<string, Route>;
