import {
  type DeliveryId,
  type FileId,
  type JobId,
  type MetadataId,
  type NotificationId,
  RESOURCE_CODES,
  type SchemaId,
} from '@arras/contract';
import { findViewedAppByUuid } from '../../database/apps.ts';
import { findViewedAttempt } from '../../database/delivery-log.ts';
import { findViewedDocument } from '../../database/documents.ts';
import { findProfileByUuid } from '../../database/profiles.ts';
import { findViewedSubscription } from '../../database/subscriptions.ts';
import { findViewedSystemByUuid, type Viewer } from '../../database/systems.ts';
import { findVisibleJob } from '../../database/visible-jobs.ts';
import type { HttpContext } from '../context.ts';
import { findReadableFile } from '../files/readable-file.ts';
import { linkTo } from '../views/links.ts';

/** A resource that has a uuid and an address. */
export interface Resource {
  readonly uuid: string;
  /** As the original calls it (spec: conventions 9). */
  readonly type: ResourceType;
  /** Its address. */
  readonly href: string;
}

type Find = (
  context: HttpContext,
  viewer: Viewer,
  uuid: string,
) => Promise<readonly string[] | { readonly href: string } | null>;

/** How to find a resource of each type for somebody; the parts of its address. Ids have been told apart by their ends. */
const FINDERS = {
  async PROFILE({ db }, viewer, uuid) {
    const profile = await findProfileByUuid(db, uuid);
    const isVisible = profile !== null && (profile.disabled_at === null || viewer.isAdmin);
    return isVisible ? ['profiles', 'v2', profile.username] : null;
  },
  async FILE(context, viewer, uuid) {
    const file = await findReadableFile(context.db, viewer, uuid as FileId);
    const system = file && (await findViewedSystemByUuid(context.db, viewer, file.system_uuid));
    if (file === null || system === null) return null;
    // Two slashes: the path is that of the system, whatever home directory it has.
    const { href } = linkTo(context, 'files', 'v2', 'media', 'system', system.id);
    return { href: `${href}/${file.path.split('/').map(encodeURIComponent).join('/')}` };
  },
  async APP({ db }, viewer, uuid) {
    const app = await findViewedAppByUuid(db, viewer, uuid);
    return app?.can_read ? ['apps', 'v2', app.id] : null;
  },
  async SYSTEM({ db }, viewer, uuid) {
    const system = await findViewedSystemByUuid(db, viewer, uuid);
    return system && ['systems', 'v2', system.id];
  },
  async JOB({ db }, viewer, uuid) {
    const found = await findVisibleJob(db, viewer, uuid as JobId);
    return found?.mayRead ? ['jobs', 'v2', uuid] : null;
  },
  async NOTIFICATION({ db }, viewer, uuid) {
    const found = await findViewedSubscription(db, viewer, uuid as NotificationId);
    return found && ['notifications', 'v2', uuid];
  },
  async NOTIFICATION_DELIVERY({ db }, viewer, uuid) {
    const found = await findViewedAttempt(db, viewer, uuid as DeliveryId);
    return found && ['notifications', 'v2', found.subscription_id, 'attempts', uuid];
  },
  async METADATA({ db }, viewer, uuid) {
    const found = await findViewedDocument(db, viewer, uuid as MetadataId);
    return found?.may.read ? ['meta', 'v2', 'data', uuid] : null;
  },
  async SCHEMA({ db }, viewer, uuid) {
    const found = await findViewedDocument(db, viewer, uuid as SchemaId);
    return found?.may.read ? ['meta', 'v2', 'schemas', uuid] : null;
  },
} as const satisfies Record<string, Find>;

/** A type of resource that can be found by its uuid. */
export type ResourceType = keyof typeof FINDERS;

const TYPE_BY_CODE: Readonly<Record<string, ResourceType>> = {
  [RESOURCE_CODES.profile]: 'PROFILE',
  [RESOURCE_CODES.file]: 'FILE',
  [RESOURCE_CODES.app]: 'APP',
  [RESOURCE_CODES.system]: 'SYSTEM',
  [RESOURCE_CODES.job]: 'JOB',
  [RESOURCE_CODES.notification]: 'NOTIFICATION',
  [RESOURCE_CODES.delivery]: 'NOTIFICATION_DELIVERY',
  [RESOURCE_CODES.metadata]: 'METADATA',
  [RESOURCE_CODES.schema]: 'SCHEMA',
};

/** Whatever ends in the code of a type. */
const UUID = /^[0-9a-f]+(?:-[0-9a-f]+)+-(?<code>[0-9]{3})$/;

/** The type that a uuid says it has; null for one that is none of ours. */
export function resourceTypeOf(uuid: string): ResourceType | null {
  const code = uuid.length > 64 ? undefined : UUID.exec(uuid)?.groups?.['code'];
  return TYPE_BY_CODE[code ?? ''] ?? null;
}

/** The resource with this uuid, if the viewer may see it; nothing is said of others (S1). */
export async function findResource(
  context: HttpContext,
  viewer: Viewer,
  uuid: string,
): Promise<Resource | null> {
  const type = resourceTypeOf(uuid);
  if (type === null) return null;
  const found = await FINDERS[type](context, viewer, uuid);
  if (found === null) return null;
  return { uuid, type, href: 'href' in found ? found.href : linkTo(context, ...found).href };
}
