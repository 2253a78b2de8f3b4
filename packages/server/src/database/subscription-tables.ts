import type {
  AttemptError,
  DeliveryId,
  JobStatus,
  NotificationId,
  NotificationPolicy,
} from '@arras/contract';
import type { Generated, JSONColumnType } from 'kysely';
import type { MailText } from '../domain/mail-text.ts';

/** A time the database sets itself and that is read as a Date. */
type DatabaseTime = Generated<Date>;
/** Any JSON document; its form is the contract's, checked before it was stored. */
type Json<T> = JSONColumnType<T & object>;

export type SubscriptionStatus = 'ACTIVE' | 'INACTIVE' | 'COMPLETE' | 'FAILED';
export type ResourceKindOfEvents = 'job' | 'app' | 'system' | 'file' | 'notification' | 'any';

export interface SubscriptionsTable {
  id: NotificationId;
  owner: string;
  associated_uuid: string;
  resource_kind: ResourceKindOfEvents;
  event: string;
  url: string;
  channel: 'webhook' | 'email';
  persistent: boolean;
  status: Generated<SubscriptionStatus>;
  policy: Json<NotificationPolicy>;
  credentials: string | null;
  secret: string | null;
  previous_secret: string | null;
  previous_secret_until: Date | null;
  failing_since: Date | null;
  visible: Generated<boolean>;
  created_at: DatabaseTime;
  last_updated: DatabaseTime;
}

export interface ResourceEventsTable {
  resource_uuid: string;
  seq: number;
  id: string;
  name: string;
  description: string | null;
  body: Json<Record<string, unknown>>;
  created_by: string;
  created_at: DatabaseTime;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'parked' | 'cancelled';

export interface DeliveriesTable {
  subscription_id: NotificationId;
  lane: string;
  position: number;
  event_seq: number;
  event_id: string;
  event_name: string;
  event_status: JobStatus | null;
  event_description: string | null;
  event_created_at: DatabaseTime;
  event_created_by: string;
  snapshot: Json<Record<string, unknown>>;
  data: JSONColumnType<Record<string, unknown> | null>;
  delivery_id: DeliveryId;
  target: string | null;
  body: Buffer | null;
  mail: JSONColumnType<MailText | null>;
  status: Generated<DeliveryStatus>;
  replay: Generated<boolean>;
  attempts: Generated<number>;
  next_at: DatabaseTime;
  owner_replica: string | null;
  lease_until: DatabaseTime;
  settled_at: Date | null;
}

export type AttemptCause = 'scheduled' | 'replay' | 'test' | 'forced';

export interface DeliveryAttemptsTable {
  id: DeliveryId;
  subscription_id: NotificationId;
  lane: string;
  position: number | null;
  event_id: string | null;
  event_name: string;
  associated_uuid: string;
  number: number;
  cause: AttemptCause;
  target: string;
  outcome: 'delivered' | 'refused' | 'unreachable' | 'blocked';
  code: number;
  message: string;
  error_class: AttemptError | null;
  request_head: string | null;
  request_body: Buffer | null;
  request_mail: JSONColumnType<MailText | null, string | null>;
  response_head: string | null;
  response_body: string | null;
  response_cut: Generated<boolean>;
  started_at: Date;
  ended_at: Date;
  visible: Generated<boolean>;
}
