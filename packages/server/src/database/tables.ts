import type {
  AppUuid,
  AuthType,
  JobEventId,
  JobId,
  JobStatus,
  ProfileId,
  Scope,
  SystemUuid,
  TokenId,
  TokenKind,
  TransferId,
} from '@arras/contract';
import type { ColumnType, Generated, Insertable, JSONColumnType, Selectable } from 'kysely';
import type { EndCause } from '../domain/end-cause.ts';
import type { DeviceSignInsTable } from './device-sign-ins.ts';
import type { DocumentPermissionsTable, DocumentsTable } from './documents.ts';
import type { FilePermissionsTable, FilesTable, FileTransfersTable } from './file-tables.ts';
import type { IdentityChangesTable } from './identities.ts';
import type { JobMessagesTable } from './job-messages.ts';
import type { PostitsTable } from './postits.ts';
import type { ReplicasTable } from './replicas.ts';
import type {
  DeliveriesTable,
  DeliveryAttemptsTable,
  ResourceEventsTable,
  SubscriptionsTable,
} from './subscription-tables.ts';
import type { SystemHealthTable } from './system-health.ts';

/** A time the database sets itself and that is read as a Date. */
type DatabaseTime = Generated<Date>;
/** Any JSON document; its form is the contract's, checked before it was stored. */
type Json<T> = JSONColumnType<T & object>;

export interface ProfilesTable {
  username: string;
  uuid: ProfileId;
  email: string | null;
  first_name: Generated<string>;
  last_name: Generated<string>;
  password_hash: string | null;
  is_admin: Generated<boolean>;
  created_at: DatabaseTime;
  disabled_at: Date | null;
  phone: Generated<string>;
  mobile_phone: Generated<string>;
  oidc_issuer: Generated<string | null>;
  oidc_subject: Generated<string | null>;
  oidc_linked_by: Generated<string | null>;
  oidc_linked_at: Generated<Date | null>;
}

export interface TokensTable {
  id: TokenId;
  token_hash: Buffer;
  username: string;
  name: string;
  created_at: DatabaseTime;
  expires_at: Date | null;
  revoked_at: Date | null;
  consumer_key: Generated<string | null>;
  kind: Generated<TokenKind>;
  scopes: Generated<readonly Scope[] | null>;
  description: Generated<string | null>;
  begun_with: Generated<TokenId | null>;
  sign_in_hash: Generated<Buffer | null>;
  last_used_at: Generated<Date | null>;
}

export interface ClientsTable {
  username: string;
  name: string;
  consumer_key: string;
  secret_hash: Buffer;
  description: string | null;
  callback_url: string | null;
  tier: string;
  created_at: DatabaseTime;
}

export interface RefreshTokensTable {
  token_hash: Buffer;
  consumer_key: string;
  username: string;
  created_at: DatabaseTime;
  expires_at: Date;
}

export type SystemType = 'EXECUTION' | 'STORAGE';

export interface SystemsTable {
  uuid: SystemUuid;
  id: string;
  owner: string;
  type: SystemType;
  is_public: Generated<boolean>;
  is_global_default: Generated<boolean>;
  available: Generated<boolean>;
  revision: Generated<number>;
  definition: Json<Record<string, unknown>>;
  created_at: DatabaseTime;
  last_modified: DatabaseTime;
  deleted_at: Date | null;
  trusted: Generated<boolean>;
}

/** The two ways into a system. */
export type SystemConnection = 'login' | 'storage';

export interface SystemCredentialsTable {
  system_uuid: SystemUuid;
  connection: SystemConnection;
  type: AuthType;
  username: string | null;
  sealed: string;
  updated_at: DatabaseTime;
}

export type SystemRole = 'GUEST' | 'USER' | 'PUBLISHER' | 'ADMIN' | 'OWNER';

export interface SystemRolesTable {
  system_uuid: SystemUuid;
  username: string;
  role: SystemRole;
  granted_at: DatabaseTime;
}

export interface UserDefaultSystemsTable {
  username: string;
  type: SystemType;
  system_uuid: SystemUuid;
}

export interface AppsTable {
  uuid: AppUuid;
  id: string;
  owner: string;
  is_public: Generated<boolean>;
  available: Generated<boolean>;
  revision: Generated<number>;
  execution_system: string;
  created_at: DatabaseTime;
  last_modified: DatabaseTime;
  deleted_at: Date | null;
  published_from: AppUuid | null;
}

export interface AppPermissionsTable {
  app_uuid: AppUuid;
  username: string;
  can_read: boolean;
  can_write: boolean;
  can_execute: boolean;
  granted_by: string;
  granted_at: DatabaseTime;
}

export interface AppRevisionsTable {
  app_uuid: AppUuid;
  revision: number;
  definition: Json<Record<string, unknown>>;
  created_at: DatabaseTime;
  created_by: string;
}

/** The status a job is to get once its end is proven; FAILED: the service gave it up. */
export type StopRequest = 'STOPPED' | 'KILLED' | 'FAILED';

/** A job's input values: always lists, in the order of the request. */
export type JobInputs = Readonly<Record<string, readonly string[]>>;
/** A job's parameter values after typing: scalars, or lists of them. */
export type JobParameterValue = string | number | boolean;
export type JobParameters = Readonly<Record<string, JobParameterValue | readonly JobParameterValue[]>>;

export interface JobsTable {
  id: JobId;
  name: string;
  owner: string;
  app_id: string;
  app_uuid: AppUuid;
  app_revision: number;
  execution_system: string;
  batch_queue: string | null;
  node_count: number;
  processors_per_node: number;
  memory_per_node_gb: number | null;
  max_run_time_seconds: number | null;
  archive: boolean;
  archive_on_app_error: Generated<boolean>;
  archive_system: string | null;
  archive_path: string | null;
  inputs: Json<JobInputs>;
  parameters: Json<JobParameters>;
  status: JobStatus;
  seq: number;
  last_message: string | null;
  visible: Generated<boolean>;
  created_at: DatabaseTime;
  last_updated: DatabaseTime;
  submit_time: DatabaseTime;
  start_time: Date | null;
  remote_ended: Date | null;
  end_time: Date | null;
  work_path: string | null;
  work_removed_at: Date | null;
  staging_attempts: Generated<number>;
  archiving_attempts: Generated<number>;
  submit_attempts: Generated<number>;
  interruptions: Generated<number>;
  data_waits: Generated<number>;
  try_number: Generated<number>;
  local_id: string | null;
  exit_code: number | null;
  stop_requested: StopRequest | null;
  stop_requested_at: Date | null;
  stop_reason: string | null;
  owner_replica: string | null;
  epoch: Generated<number>;
  lease_until: DatabaseTime;
  next_at: Date | null;
  deadline_at: Date | null;
  faults: Generated<number>;
  absent_count: Generated<number>;
  absent_since: Date | null;
  last_status_check: Date | null;
  remote_status_checks: Generated<number>;
  failed_status_checks: Generated<number>;
  looks_from: number | null;
  failed_looks_from: number | null;
  waiting_reason: string | null;
  estimated_start: Date | null;
  end_cause: EndCause | null;
  used_seconds: number | null;
  used_cpu_seconds: number | null;
  used_memory_bytes: number | null;
  account_until: Date | null;
  feed_position: Generated<number>;
}

/** What a job's data is moved for: its inputs before it runs, its output afterwards. */
export type TransferPhase = 'staging' | 'archiving';

export interface TransfersTable {
  id: TransferId;
  job_id: JobId;
  source: string;
  destination: string;
  total_files: Generated<number>;
  total_bytes: Generated<number>;
  transferred_bytes: Generated<number>;
  active_transfers: Generated<number>;
  phase: Generated<TransferPhase>;
  kept_bytes: Generated<number>;
  is_whole: Generated<boolean>;
  stalled_since: Date | null;
  has_parts: Generated<boolean>;
  started_at: DatabaseTime;
  updated_at: DatabaseTime;
  ended_at: Date | null;
}

export interface JobEventsTable {
  job_id: JobId;
  seq: number;
  id: JobEventId;
  name: string;
  status: JobStatus;
  description: string | null;
  in_history: Generated<boolean>;
  transfer_id: TransferId | null;
  created_by: string;
  created_at: DatabaseTime;
  data: JSONColumnType<Record<string, unknown> | null>;
  feed_position: Generated<number>;
}

export interface SystemChecksTable {
  system_id: string;
  seen_at: Date | null;
  failing_since: Date | null;
  message: string | null;
  looks: Generated<number>;
  failed_looks: Generated<number>;
  next_look_at: Date | null;
  changed_at: Date | null;
  looker: string | null;
  looking_until: Date | null;
  /** By queue; '' is that of jobs without one. */
  waits: ColumnType<Readonly<Record<string, MeasuredWaits>> | null, string | null | undefined, string | null>;
}

/** How long the last jobs waited in one queue, in seconds. */
export interface MeasuredWaits {
  /** Jobs that it is measured on. */
  readonly count: number;
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
}

export interface FeedEraTable {
  only_row: Generated<boolean>;
  era_offset: Generated<number>;
}

export interface JobPermissionsTable {
  job_id: JobId;
  username: string;
  can_read: boolean;
  can_write: boolean;
  can_execute: boolean;
  granted_at: DatabaseTime;
}

export interface SavedFiltersTable {
  owner: string;
  name: string;
  filter: string;
  created_at: DatabaseTime;
  last_updated: DatabaseTime;
}

export interface ServiceKeysTable {
  place: Generated<number>;
  key: Buffer;
  created_at: DatabaseTime;
}

export interface IdempotencyKeysTable {
  username: string;
  route: string;
  key: string;
  request_hash: Buffer;
  job_id: JobId;
  created_at: DatabaseTime;
}

/** Every table of the `public` schema; `migrations/` is where they are made. */
export interface Tables {
  profiles: ProfilesTable;
  tokens: TokensTable;
  device_sign_ins: DeviceSignInsTable;
  identity_changes: IdentityChangesTable;
  clients: ClientsTable;
  refresh_tokens: RefreshTokensTable;
  systems: SystemsTable;
  system_roles: SystemRolesTable;
  system_credentials: SystemCredentialsTable;
  user_default_systems: UserDefaultSystemsTable;
  apps: AppsTable;
  app_revisions: AppRevisionsTable;
  app_permissions: AppPermissionsTable;
  jobs: JobsTable;
  transfers: TransfersTable;
  feed_era: FeedEraTable;
  system_checks: SystemChecksTable;
  system_health: SystemHealthTable;
  job_events: JobEventsTable;
  job_messages: JobMessagesTable;
  idempotency_keys: IdempotencyKeysTable;
  subscriptions: SubscriptionsTable;
  resource_events: ResourceEventsTable;
  deliveries: DeliveriesTable;
  delivery_attempts: DeliveryAttemptsTable;
  job_permissions: JobPermissionsTable;
  files: FilesTable;
  file_permissions: FilePermissionsTable;
  file_transfers: FileTransfersTable;
  saved_filters: SavedFiltersTable;
  documents: DocumentsTable;
  document_permissions: DocumentPermissionsTable;
  postits: PostitsTable;
  service_keys: ServiceKeysTable;
  replicas: ReplicasTable;
}

export type ProfileRow = Selectable<ProfilesTable>;
export type TokenRow = Selectable<TokensTable>;
export type ClientRow = Selectable<ClientsTable>;
export type SystemRow = Selectable<SystemsTable>;
/** A permission of one user on an app. */
export type AppPermissionRow = Selectable<AppPermissionsTable>;
export type AppRow = Selectable<AppsTable>;
export type SystemCredentialRow = Selectable<SystemCredentialsTable>;
export type SystemCheckRow = Selectable<SystemChecksTable>;
export type JobRow = Selectable<JobsTable>;
/** A job about to be stored. */
export type NewJob = Insertable<JobsTable>;
export type TransferRow = Selectable<TransfersTable>;
export type JobEventRow = Selectable<JobEventsTable>;
export type SubscriptionRow = Selectable<SubscriptionsTable>;
export type DeliveryRow = Selectable<DeliveriesTable>;
export type DeliveryAttemptRow = Selectable<DeliveryAttemptsTable>;
export type JobPermissionRow = Selectable<JobPermissionsTable>;
export type SavedFilterRow = Selectable<SavedFiltersTable>;
export type ResourceEventRow = Selectable<ResourceEventsTable>;
