-- Profiles, tokens, systems, apps, jobs and the event log.

create table profiles (
  username text primary key,
  uuid text not null unique,
  email text,
  first_name text not null default '',
  last_name text not null default '',
  password_hash text,
  is_admin boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  disabled_at timestamptz
);
comment on column profiles.password_hash is 'scrypt; null: the user has no password and signs in with tokens only';

create table tokens (
  id text primary key,
  token_hash bytea not null unique,
  username text not null references profiles (username),
  name text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz
);
comment on column tokens.token_hash is 'SHA-256 of the bearer token; the token itself is never stored';
comment on column tokens.expires_at is 'null: does not expire';
create index tokens_username on tokens (username, created_at);

create table systems (
  uuid text primary key,
  id text not null constraint systems_id_unique unique,
  owner text not null references profiles (username),
  type text not null constraint systems_type check (type in ('EXECUTION', 'STORAGE')),
  is_public boolean not null default false,
  is_global_default boolean not null default false,
  available boolean not null default true,
  revision integer not null default 1,
  definition jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  last_modified timestamptz not null default clock_timestamp(),
  deleted_at timestamptz
);
comment on column systems.id is 'stays taken after deletion: jobs and links go on naming it';
create index systems_owner on systems (owner) where deleted_at is null;
create unique index systems_global_default on systems (type) where is_global_default and deleted_at is null;

create table system_roles (
  system_uuid text not null references systems (uuid),
  username text not null,
  role text not null constraint system_roles_role check (role in ('GUEST', 'USER', 'PUBLISHER', 'ADMIN', 'OWNER')),
  granted_at timestamptz not null default clock_timestamp(),
  primary key (system_uuid, username)
);
create index system_roles_username on system_roles (username);

create table user_default_systems (
  username text not null references profiles (username),
  type text not null constraint user_default_systems_type check (type in ('EXECUTION', 'STORAGE')),
  system_uuid text not null references systems (uuid),
  primary key (username, type)
);

create table apps (
  uuid text primary key,
  id text not null constraint apps_id_unique unique,
  owner text not null references profiles (username),
  is_public boolean not null default false,
  available boolean not null default true,
  revision integer not null default 1,
  execution_system text not null,
  created_at timestamptz not null default clock_timestamp(),
  last_modified timestamptz not null default clock_timestamp(),
  deleted_at timestamptz
);
create index apps_owner on apps (owner) where deleted_at is null;

create table app_revisions (
  app_uuid text not null references apps (uuid),
  revision integer not null,
  definition jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  primary key (app_uuid, revision)
);
comment on table app_revisions is 'never updated: a job runs the revision that was current when it was submitted';

create table jobs (
  id text primary key,
  name text not null,
  owner text not null references profiles (username),
  app_id text not null,
  app_uuid text not null,
  app_revision integer not null,
  execution_system text not null,
  batch_queue text,
  node_count integer not null,
  processors_per_node integer not null,
  memory_per_node_gb double precision,
  max_run_time_seconds integer,
  archive boolean not null,
  archive_on_app_error boolean not null default false,
  archive_system text,
  archive_path text,
  inputs jsonb not null,
  parameters jsonb not null,
  status text not null constraint jobs_status check (status in (
    'PENDING', 'PROCESSING_INPUTS', 'STAGING_INPUTS', 'STAGED', 'SUBMITTING', 'STAGING_JOB', 'QUEUED', 'RUNNING',
    'PAUSED', 'CLEANING_UP', 'ARCHIVING', 'ARCHIVING_FINISHED', 'ARCHIVING_FAILED', 'FINISHED', 'KILLED', 'STOPPED',
    'FAILED')),
  seq integer not null,
  last_message text,
  visible boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  last_updated timestamptz not null default clock_timestamp(),
  submit_time timestamptz not null default clock_timestamp(),
  start_time timestamptz,
  remote_ended timestamptz,
  end_time timestamptz,
  work_path text,
  work_removed_at timestamptz,
  staging_attempts integer not null default 0,
  archiving_attempts integer not null default 0,
  submit_attempts integer not null default 0,
  try_number integer not null default 0,
  local_id text,
  exit_code integer,
  stop_requested text constraint jobs_stop_requested check (stop_requested in ('STOPPED', 'KILLED', 'FAILED')),
  stop_requested_at timestamptz,
  stop_reason text,
  owner_replica text,
  epoch bigint not null default 0,
  lease_until timestamptz not null default clock_timestamp(),
  next_at timestamptz,
  deadline_at timestamptz,
  faults integer not null default 0,
  absent_count integer not null default 0,
  absent_since timestamptz,
  last_status_check timestamptz,
  remote_status_checks integer not null default 0,
  failed_status_checks integer not null default 0
-- Rows are updated some ten times in minutes: room on the page keeps updates of unindexed columns off the indexes.
) with (fillfactor = 60);
comment on column jobs.seq is 'sequence number of the job''s last event; taken under the row''s lock, so it has no gaps';
comment on column jobs.work_path is 'relative to the execution system''s root; null before staging';
comment on column jobs.stop_requested is 'the status the job is to get once its end is proven; FAILED: the service gave it up';
comment on column jobs.epoch is 'raised by every change of ownership; a write that carries an older one changes nothing';
comment on column jobs.next_at is 'when the sweep has to look at the job although nobody rang; null: never';
comment on column jobs.faults is 'unexpected errors in a row while working on the job';
create index jobs_owner_updated on jobs (owner, last_updated desc, id desc) where visible;
create index jobs_due on jobs (next_at) where next_at is not null;
create index jobs_deadline on jobs (deadline_at) where deadline_at is not null;
create index jobs_active on jobs (execution_system, status) where status in (
  'SUBMITTING', 'STAGING_JOB', 'QUEUED', 'RUNNING', 'PAUSED', 'CLEANING_UP', 'ARCHIVING');

create table transfers (
  id text primary key,
  job_id text not null references jobs (id),
  source text not null,
  destination text not null,
  total_files integer not null default 0,
  total_bytes bigint not null default 0,
  transferred_bytes bigint not null default 0,
  active_transfers integer not null default 0,
  started_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create index transfers_job on transfers (job_id);

create table job_events (
  job_id text not null references jobs (id),
  seq integer not null,
  id text not null,
  name text not null,
  status text not null,
  description text,
  in_history boolean not null default true,
  transfer_id text references transfers (id),
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  xid xid8 not null default pg_current_xact_id(),
  primary key (job_id, seq)
);
comment on column job_events.in_history is 'CREATED reaches subscribers but not the history, which begins with PENDING (guide)';
comment on column job_events.xid is 'orders feeds over many jobs; see docs/architecture.md';

create table idempotency_keys (
  username text not null,
  route text not null,
  key text not null,
  request_hash bytea not null,
  job_id text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (username, route, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

create table replicas (
  id text primary key,
  host text not null,
  process text not null,
  roles text not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  worker_ids text[] not null default '{}'
);
comment on column replicas.host is 'names one kernel and one process id space: only there can the process be looked up';
comment on column replicas.process is 'process id and start time, which together name a process for ever';
