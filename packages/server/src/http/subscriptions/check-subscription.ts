import {
  ApiError,
  type EventResource,
  type FileId,
  type JobId,
  MIRRORED_EVENT_NAMES,
  type NotificationId,
  resourceKindOf,
} from '@arras/contract';
import { findViewedAppByUuid } from '../../database/apps.ts';
import { findViewedSubscription } from '../../database/subscriptions.ts';
import { findViewedSystemByUuid, type Viewer } from '../../database/systems.ts';
import { mayUseSystem } from '../../domain/access.ts';
import { findUnknownVariables, parseTemplate } from '../../domain/template.ts';
import type { HttpContext } from '../context.ts';
import { findReadableFile } from '../files/readable-file.ts';
import { getVisibleJob } from '../get-visible-job.ts';

/** What a subscription is to, and how it tells. */
export interface CheckedSubscription {
  readonly kind: EventResource | 'any';
  readonly channel: 'webhook' | 'email';
}

/** What is to be subscribed to. */
export interface AskedSubscription {
  readonly associatedUuid: string;
  readonly event: string;
  readonly url: string;
}

/**
 * Checks that the viewer may hear of the resource and that the URL can be called. Throws ApiError; a resource that
 * the viewer may not see is answered like one that is missing.
 */
export async function checkSubscription(
  context: HttpContext,
  viewer: Viewer,
  asked: AskedSubscription,
): Promise<CheckedSubscription> {
  const kind = asked.associatedUuid === '*' ? 'any' : getKind(asked.associatedUuid);
  await RULES[kind](context, viewer, asked);
  const target = checkTarget(context, asked.url, kind);
  if ('channel' in target) return { kind, channel: target.channel };
  throw new ApiError('request.invalid', { problems: [{ field: 'url', message: target.problem }] });
}

/** How the URL tells, or what is wrong with it. */
export function checkTarget(
  { notifications }: HttpContext,
  url: string,
  kind: CheckedSubscription['kind'],
): { readonly channel: 'webhook' | 'email' } | { readonly problem: string } {
  const template = parseTemplate(url);
  if ('problem' in template) return { problem: `cannot be used: ${template.problem}` };
  const unknown = findUnknownVariables(url, kind);
  if (unknown.length > 0) {
    const names = unknown.map((name) => `\${${name}}`).join(', ');
    return {
      problem: `has variables that do not exist for ${kind === 'any' ? 'any resource' : `a ${kind}`}: ${names}`,
    };
  }
  const refusal = template.channel === 'email' ? null : notifications.checkUrl(url);
  return refusal === null ? { channel: template.channel } : { problem: `cannot be called: ${refusal}` };
}

type Rule = (context: HttpContext, viewer: Viewer, asked: AskedSubscription) => Promise<void>;

/** Who may subscribe to what: those who may see it. */
const RULES = {
  async job({ db }, viewer, { associatedUuid }) {
    await getVisibleJob(db, viewer, associatedUuid as JobId);
  },
  async system({ db }, viewer, { associatedUuid, event }) {
    const system = await findViewedSystemByUuid(db, viewer, associatedUuid);
    if (system === null) throw new ApiError('system.not-found');
    if (tellsOfJobs(event) && !mayUseSystem(system.role, 'change'))
      refuseJobs('a system', 'its administrators');
  },
  async app({ db }, viewer, { associatedUuid, event }) {
    const app = await findViewedAppByUuid(db, viewer, associatedUuid);
    if (app === null || !app.can_read) throw new ApiError('app.not-found');
    if (tellsOfJobs(event) && !app.can_write) refuseJobs('an app', 'those who may change it');
  },
  async file({ db }, viewer, { associatedUuid }) {
    const file = await findReadableFile(db, viewer, associatedUuid as FileId);
    if (file === null) throw new ApiError('file.not-found');
  },
  async notification({ db }, viewer, { associatedUuid }) {
    const known = await findViewedSubscription(db, viewer, associatedUuid as NotificationId);
    if (known === null) throw new ApiError('notification.not-found');
  },
  async any(_context, viewer) {
    if (viewer.isAdmin) return;
    throw new ApiError('access.admin-only', {
      message: 'Only an administrator may subscribe to every resource; name one in associatedUuid.',
    });
  },
} as const satisfies Record<CheckedSubscription['kind'], Rule>;

/** Systems and apps repeat events of the jobs of all users (spec: lifecycle 8.3). */
function tellsOfJobs(event: string): boolean {
  return event === '*' || (MIRRORED_EVENT_NAMES as readonly string[]).includes(event);
}

function refuseJobs(what: string, who: string): never {
  throw new ApiError('access.forbidden', {
    message: `The events JOB_… and * of ${what} show the jobs of all users: only ${who} may subscribe to them.`,
  });
}

function getKind(associatedUuid: string): EventResource {
  const kind = resourceKindOf(associatedUuid);
  // The schema lets only ids of these kinds pass.
  if (kind === null) throw new Error(`no kind for ${associatedUuid}`);
  return kind;
}
