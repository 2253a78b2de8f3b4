import { z } from 'zod';

/**
 * Resource type codes: the last three digits of every id, as clients of the original match on them
 * (ids of jobs must end in `-007`).
 */
export const RESOURCE_CODES = {
  profile: '001',
  file: '002',
  token: '004',
  app: '005',
  system: '006',
  job: '007',
  transfer: '009',
  notification: '011',
  metadata: '012',
  schema: '013',
  fileTransfer: '020',
  fileEvent: '023',
  appEvent: '026',
  systemEvent: '027',
  jobEvent: '028',
  notificationEvent: '032',
  batchQueue: '041',
  delivery: '042',
} as const;

/** The kinds of resource that carry an id. */
export type ResourceKind = keyof typeof RESOURCE_CODES;

const ID_SHAPE = /^[0-9]{16,20}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9]{3}$/;

function idSchema<Kind extends ResourceKind>(kind: Kind) {
  return z
    .string()
    .max(40)
    .regex(/^[0-9a-f]+(-[0-9a-f]+)+$/)
    .refine((id) => id.endsWith(`-${RESOURCE_CODES[kind]}`), {
      error: `expected the id of a ${kind}, which ends in -${RESOURCE_CODES[kind]}`,
    })
    .brand(kind);
}

export const profileIdSchema = idSchema('profile');
export const fileIdSchema = idSchema('file');
export const fileTransferIdSchema = idSchema('fileTransfer');
export const fileEventIdSchema = idSchema('fileEvent');
export const tokenIdSchema = idSchema('token');
export const appUuidSchema = idSchema('app');
export const systemUuidSchema = idSchema('system');
export const jobIdSchema = idSchema('job');
export const transferIdSchema = idSchema('transfer');
export const jobEventIdSchema = idSchema('jobEvent');
export const notificationIdSchema = idSchema('notification');
export const metadataIdSchema = idSchema('metadata');
export const schemaIdSchema = idSchema('schema');
export const deliveryIdSchema = idSchema('delivery');
export const systemEventIdSchema = idSchema('systemEvent');
export const appEventIdSchema = idSchema('appEvent');
export const notificationEventIdSchema = idSchema('notificationEvent');

export type ProfileId = z.infer<typeof profileIdSchema>;
export type FileId = z.infer<typeof fileIdSchema>;
export type FileTransferId = z.infer<typeof fileTransferIdSchema>;
export type FileEventId = z.infer<typeof fileEventIdSchema>;
export type TokenId = z.infer<typeof tokenIdSchema>;
export type AppUuid = z.infer<typeof appUuidSchema>;
export type SystemUuid = z.infer<typeof systemUuidSchema>;
export type JobId = z.infer<typeof jobIdSchema>;
export type TransferId = z.infer<typeof transferIdSchema>;
export type JobEventId = z.infer<typeof jobEventIdSchema>;
export type NotificationId = z.infer<typeof notificationIdSchema>;
export type MetadataId = z.infer<typeof metadataIdSchema>;
export type SchemaId = z.infer<typeof schemaIdSchema>;
export type DeliveryId = z.infer<typeof deliveryIdSchema>;
export type SystemEventId = z.infer<typeof systemEventIdSchema>;
export type AppEventId = z.infer<typeof appEventIdSchema>;
export type NotificationEventId = z.infer<typeof notificationEventIdSchema>;

/** The id type of each kind of resource. */
export interface IdOf {
  profile: ProfileId;
  file: FileId;
  fileTransfer: FileTransferId;
  fileEvent: FileEventId;
  token: TokenId;
  app: AppUuid;
  system: SystemUuid;
  job: JobId;
  transfer: TransferId;
  jobEvent: JobEventId;
  notification: NotificationId;
  metadata: MetadataId;
  schema: SchemaId;
  delivery: DeliveryId;
  systemEvent: SystemEventId;
  appEvent: AppEventId;
  notificationEvent: NotificationEventId;
}

/**
 * Builds an id of the Agave form `<time>-<8 hex>-<4 hex>-<type>`, 36 to 40 characters: a decimal count of
 * microseconds that sorts by creation, then 48 random bits that make it unguessable.
 */
export function formatId<Kind extends keyof IdOf>(
  kind: Kind,
  parts: { readonly timeMicros: bigint; readonly random: Uint8Array },
): IdOf[Kind] {
  const hex = Array.from(parts.random.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = parts.timeMicros.toString().padStart(18, '0');
  const id = `${time}-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${RESOURCE_CODES[kind]}`;
  if (!ID_SHAPE.test(id)) throw new Error(`built an id of the wrong form: ${id}`);
  return id as IdOf[Kind];
}
