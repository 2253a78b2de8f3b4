-- Who is told about which events, and what became of each telling.

create table subscriptions (
  id text primary key,
  owner text not null references profiles (username),
  associated_uuid text not null,
  resource_kind text not null constraint subscriptions_resource_kind check (
    resource_kind in ('job', 'app', 'system', 'notification', 'any')),
  event text not null,
  url text not null,
  channel text not null constraint subscriptions_channel check (channel in ('webhook', 'email')),
  persistent boolean not null,
  status text not null default 'ACTIVE' constraint subscriptions_status check (
    status in ('ACTIVE', 'INACTIVE', 'COMPLETE', 'FAILED')),
  policy jsonb not null,
  credentials text,
  secret text,
  previous_secret text,
  previous_secret_until timestamptz,
  failing_since timestamptz,
  visible boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  last_updated timestamptz not null default clock_timestamp()
);
comment on column subscriptions.associated_uuid is 'the resource whose events count; * for every resource (administrators only)';
comment on column subscriptions.credentials is 'sealed user:password of the URL, which is stored without them; null: it has none';
comment on column subscriptions.secret is 'sealed signing secret; null: unsigned';
comment on column subscriptions.previous_secret is 'still signs beside the new one until previous_secret_until';
comment on column subscriptions.failing_since is 'first failure after the last success; null: the endpoint is well';
create index subscriptions_matching on subscriptions (associated_uuid, event) where status = 'ACTIVE';
create index subscriptions_owner on subscriptions (owner, created_at desc) where visible;
create index subscriptions_resource on subscriptions (associated_uuid, created_at desc) where visible;

alter table job_events add column data jsonb;
comment on column job_events.data is 'what a program inside the job sent with its own event';

-- Events of systems, apps and subscriptions themselves; those of jobs are in job_events.
create table resource_events (
  resource_uuid text not null,
  seq integer not null,
  id text not null,
  name text not null,
  description text,
  body jsonb not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (resource_uuid, seq)
);
comment on column resource_events.body is 'the resource as it was shown when the event happened';

create table deliveries (
  subscription_id text not null references subscriptions (id),
  lane text not null,
  position bigint not null,
  event_seq integer not null,
  event_id text not null,
  event_name text not null,
  event_status text,
  event_description text,
  event_created_at timestamptz not null default clock_timestamp(),
  event_created_by text not null,
  snapshot jsonb not null,
  data jsonb,
  delivery_id text not null constraint deliveries_delivery_id_unique unique,
  target text,
  body bytea,
  status text not null default 'pending' constraint deliveries_status check (
    status in ('pending', 'delivered', 'parked', 'cancelled')),
  replay boolean not null default false,
  attempts integer not null default 0,
  next_at timestamptz not null default clock_timestamp(),
  owner_replica text,
  lease_until timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  primary key (subscription_id, lane, position)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
comment on table deliveries is 'one row for each event that matched a subscription at its commit: matched = delivered + pending + parked + cancelled';
comment on column deliveries.lane is 'the resource whose events are delivered in order; lanes never wait for each other';
comment on column deliveries.position is 'place in the lane: the event''s sequence number times 2^20, so that replays fit behind what is there';
comment on column deliveries.event_status is 'the job''s status once the event had happened; null: not an event of a job';
comment on column deliveries.snapshot is 'the resource as the event''s transaction left it';
comment on column deliveries.data is 'what a program inside the job sent with its own event';
comment on column deliveries.body is 'the bytes that every attempt sends; made once, before the first';
create index deliveries_due on deliveries (subscription_id, next_at) where status = 'pending';
create index deliveries_lane on deliveries (subscription_id, lane, position) where status = 'pending';
create index deliveries_parked on deliveries (subscription_id, lane, position) where status = 'parked';
create index deliveries_event on deliveries (subscription_id, event_created_at) include (status);

create index deliveries_settled on deliveries (settled_at) where status <> 'pending';

create table delivery_attempts (
  id text primary key,
  subscription_id text not null references subscriptions (id),
  lane text not null,
  position bigint,
  event_id text,
  event_name text not null,
  associated_uuid text not null,
  number integer not null,
  cause text not null constraint delivery_attempts_cause check (cause in ('scheduled', 'replay', 'test', 'forced')),
  target text not null,
  outcome text not null constraint delivery_attempts_outcome check (
    outcome in ('delivered', 'refused', 'unreachable', 'blocked')),
  code integer not null,
  message text not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  visible boolean not null default true
);
comment on column delivery_attempts.message is 'at most the first KiB of what the other side said';
create index delivery_attempts_subscription on delivery_attempts (subscription_id, started_at desc);
create index delivery_attempts_failed on delivery_attempts (subscription_id, started_at) where outcome <> 'delivered' and visible;
create index delivery_attempts_ended on delivery_attempts (ended_at);

create table job_permissions (
  job_id text not null references jobs (id),
  username text not null,
  can_read boolean not null,
  can_write boolean not null,
  can_execute boolean not null,
  granted_at timestamptz not null default clock_timestamp(),
  primary key (job_id, username)
);
comment on column job_permissions.username is 'world: everyone who is signed in';
create index job_permissions_username on job_permissions (username);

-- Where several hosts share a database and nobody set ARRAS_SERVICE_KEY, the key lies here so that they agree.
create table service_keys (
  place integer primary key default 1 constraint service_keys_one check (place = 1),
  key bytea not null,
  created_at timestamptz not null default clock_timestamp()
);
