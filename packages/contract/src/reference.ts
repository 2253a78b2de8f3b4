import { z } from 'zod';
import { componentName } from './components.ts';
import { ERROR_CODES, ERRORS } from './errors.ts';
import { JOB_EVENT_DESCRIPTIONS, JOB_STATUSES, type JobEventName, type JobStatus } from './events.ts';
import { UPLOAD_FIELD } from './files.ts';
import { page, table } from './reference-page.ts';
import { errorsOf, type Route, type Success } from './route.ts';
import { OPERATION_IDS, routeOf } from './routes.ts';
import { neededScope } from './scopes.ts';
import { FURTHER_JOB_VARIABLES, GUIDE_JOB_VARIABLES, TEMPLATE_VARIABLES } from './template-variables.ts';
import { JOB_PHASES, STATUS_LOOKS } from './vocabulary.ts';

/** `docs/reference/errors.md`: the catalogue. */
export function renderErrorReference(): string {
  return page('Errors', [
    'Every error carries a `code`. A code never changes its meaning or its HTTP status. `message` says what happened, and names every field that is wrong; `errors` lists the fields one by one.',
    table(
      ['Code', 'HTTP', 'Message', 'What to do'],
      ERROR_CODES.map((code) => [
        `\`${code}\``,
        String(ERRORS[code].status),
        ERRORS[code].message,
        ERRORS[code].remedy,
      ]),
    ),
  ]);
}

/** `docs/reference/statuses.md`: the events and statuses of a job. */
export function renderStatusReference(): string {
  const names = Object.keys(JOB_EVENT_DESCRIPTIONS) as JobEventName[];
  return page('Statuses and events of a job', [
    'Every name can be subscribed to. Those marked as status are also stored as the status of the job; the others are events only.',
    table(
      ['Event', 'Description', 'Status'],
      names.map((name) => [`\`${name}\``, JOB_EVENT_DESCRIPTIONS[name], isStatus(name) ? 'yes' : 'no']),
    ),
    '## How they look',
    `The phases of a job are ${JOB_PHASES.join(', ')}. CLI, dashboard and mail show a status as symbol and word; the class decides the colour. PAUSED belongs to the phase the job was in.`,
    table(
      ['Status', 'Phase', 'Symbol', 'ASCII', 'Class'],
      JOB_STATUSES.map((status) => {
        const { phase, symbol, ascii, class: kind } = STATUS_LOOKS[status];
        return [`\`${status}\``, phase ?? 'any', symbol, `\`${ascii}\``, kind];
      }),
    ),
  ]);
}

/** `docs/reference/template-variables.md`: what the URL of a subscription may name. */
export function renderTemplateReference(): string {
  const rows = (variables: Readonly<Record<string, string>>) =>
    table(
      ['Variable', 'Description'],
      Object.entries(variables).map(([name, sentence]) => [`\`\${${name}}\``, sentence]),
    );
  const { SYSTEM_ID, UUID } = TEMPLATE_VARIABLES.system;
  return page('Template variables', [
    'A variable is written `${NAME}` in capital letters. It may stand anywhere in the path, the query and the fragment of a webhook URL, and behind the `+` of a mail address (`ada+${JOB_ID}@example.org`), but never where it would choose the host. A name that is not known is refused when the subscription is made.',
    'Values are percent-encoded, so that decoding gives the value back and no value can change where the call goes. Two cases cannot be kept exactly: a path segment that would come out as `.` or `..` is encoded twice, because servers take such segments out of the path even when they are encoded once; and in a mail address every character beyond letters, digits and `. _ -` becomes a dash. A value that does not exist is the empty text. Variables inside a value are never resolved.',
    '## Jobs',
    rows(GUIDE_JOB_VARIABLES),
    'Existing clients use these as well:',
    rows(FURTHER_JOB_VARIABLES),
    '## Apps and systems',
    'All variables of jobs, filled in at the events that mirror a job, and:',
    rows({ UUID: `${UUID}, or of the app`, APP_ID: TEMPLATE_VARIABLES.app.APP_ID, SYSTEM_ID }),
    '## Files',
    rows(TEMPLATE_VARIABLES.file),
    '## Subscriptions',
    rows(TEMPLATE_VARIABLES.notification),
  ]);
}

/** `docs/reference/api.md`: every operation. */
export function renderApiReference(): string {
  const tags = [...new Set(OPERATION_IDS.map((id) => routeOf(id).tag))];
  const sections = tags.flatMap((tag) => [
    `## ${tag}`,
    ...OPERATION_IDS.filter((id) => routeOf(id).tag === tag).flatMap((id) =>
      renderOperation(id, routeOf(id)),
    ),
  ]);
  return page('API', [
    'Every answer but those marked as bare is `{"status", "message", "version", "result"}`; `pretty=true` indents it, `naked=true` leaves the envelope out, `filter=id,_links.self` keeps some fields. The fields of requests and results are in `openapi.json`.',
    ...sections,
  ]);
}

function renderOperation(id: string, route: Route): string[] {
  const scope = neededScope(route);
  const facts = [
    ...(route.aliases ?? []).map((path) => `Also \`${route.method} ${path}\``),
    `Access: ${route.access}${scope === null ? '' : `, scope \`${scope}\``}${route.bare === true ? ', bare' : ''}`,
    ...(route.body === undefined
      ? []
      : [
          `Body: \`${componentName(route.body)}\` as JSON${route.form === true ? ' or url-encoded form' : ''}${route.upload === true ? `, or a multipart form with the file \`${UPLOAD_FIELD}\`` : ''}${route.document === true ? `, or a multipart form whose file \`${UPLOAD_FIELD}\` holds the JSON` : ''}`,
        ]),
    ...[route.success, ...(route.alternatives ?? [])].map(renderSuccess),
    ...(route.conditional === true
      ? ['304: nothing, when `If-None-Match` names the `ETag` of the present answer']
      : []),
    `Errors: ${errorsOf(route)
      .map((code) => `\`${code}\``)
      .join(', ')}`,
  ].filter((fact) => fact !== 'Errors: ');
  return [
    `### ${id}`,
    `\`${route.method} ${route.path}\` — ${route.summary}.`.replace('?.', '?'),
    route.description,
    facts.map((fact) => `- ${fact}`).join('\n'),
  ];
}

function renderSuccess({ status, schema, when }: Success): string {
  const content = schema === null ? 'no result' : schema === 'bytes' ? 'bytes' : renderSchemaName(schema);
  return `${status}: ${content}${when === undefined ? '' : `, when ${when}`}`;
}

function renderSchemaName(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodArray) return `list of ${renderSchemaName(schema.element)}`;
  return `\`${componentName(schema as z.ZodType)}\``;
}

function isStatus(name: JobEventName): name is JobStatus {
  return (JOB_STATUSES as readonly string[]).includes(name);
}
