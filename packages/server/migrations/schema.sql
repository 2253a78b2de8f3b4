-- What the migrations add up to, for reading. Generated: node tests/generate-schema.ts

create table public.app_permissions (
  app_uuid text not null,
  username text not null,
  can_read boolean not null,
  can_write boolean not null,
  can_execute boolean not null,
  granted_by text not null,
  granted_at timestamp with time zone not null default clock_timestamp(),
  constraint app_permissions_pkey PRIMARY KEY (app_uuid, username),
  constraint app_permissions_app_uuid_fkey FOREIGN KEY (app_uuid) REFERENCES apps(uuid),
  constraint app_permissions_username_fkey FOREIGN KEY (username) REFERENCES profiles(username)
);

create table public.app_revisions (
  app_uuid text not null,
  revision integer not null,
  definition jsonb not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  created_by text not null,
  constraint app_revisions_pkey PRIMARY KEY (app_uuid, revision),
  constraint app_revisions_app_uuid_fkey FOREIGN KEY (app_uuid) REFERENCES apps(uuid)
);

create table public.apps (
  uuid text not null,
  id text not null,
  owner text not null,
  is_public boolean not null default false,
  available boolean not null default true,
  revision integer not null default 1,
  execution_system text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_modified timestamp with time zone not null default clock_timestamp(),
  deleted_at timestamp with time zone,
  published_from text,
  constraint apps_pkey PRIMARY KEY (uuid),
  constraint apps_id_unique UNIQUE (id),
  constraint apps_owner_fkey FOREIGN KEY (owner) REFERENCES profiles(username),
  constraint apps_published_from_fkey FOREIGN KEY (published_from) REFERENCES apps(uuid)
);

create table public.clients (
  username text not null,
  name text not null,
  consumer_key text not null,
  secret_hash bytea not null,
  description text,
  callback_url text,
  tier text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint clients_pkey PRIMARY KEY (username, name),
  constraint clients_consumer_key_key UNIQUE (consumer_key),
  constraint clients_username_fkey FOREIGN KEY (username) REFERENCES profiles(username)
);

create table public.deliveries (
  subscription_id text not null,
  lane text not null,
  "position" bigint not null,
  event_seq integer not null,
  event_id text not null,
  event_name text not null,
  event_status text,
  event_description text,
  event_created_at timestamp with time zone not null default clock_timestamp(),
  event_created_by text not null,
  snapshot jsonb not null,
  data jsonb,
  delivery_id text not null,
  target text,
  body bytea,
  status text not null default 'pending'::text,
  replay boolean not null default false,
  attempts integer not null default 0,
  next_at timestamp with time zone not null default clock_timestamp(),
  owner_replica text,
  lease_until timestamp with time zone not null default clock_timestamp(),
  settled_at timestamp with time zone,
  mail jsonb,
  constraint deliveries_pkey PRIMARY KEY (subscription_id, lane, "position"),
  constraint deliveries_delivery_id_unique UNIQUE (delivery_id),
  constraint deliveries_status CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'parked'::text, 'cancelled'::text]))),
  constraint deliveries_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscriptions(id)
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0.05, autovacuum_analyze_scale_factor=0.02);

create table public.delivery_attempts (
  id text not null,
  subscription_id text not null,
  lane text not null,
  "position" bigint,
  event_id text,
  event_name text not null,
  associated_uuid text not null,
  number integer not null,
  cause text not null,
  target text not null,
  outcome text not null,
  code integer not null,
  message text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  visible boolean not null default true,
  error_class text,
  request_head text,
  request_body bytea,
  request_mail jsonb,
  response_head text,
  response_body text,
  response_cut boolean not null default false,
  constraint delivery_attempts_pkey PRIMARY KEY (id),
  constraint delivery_attempts_cause CHECK ((cause = ANY (ARRAY['scheduled'::text, 'replay'::text, 'test'::text, 'forced'::text]))),
  constraint delivery_attempts_outcome CHECK ((outcome = ANY (ARRAY['delivered'::text, 'refused'::text, 'unreachable'::text, 'blocked'::text]))),
  constraint delivery_attempts_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscriptions(id)
);

create table public.device_sign_ins (
  device_hash bytea not null,
  user_code_hash bytea not null,
  client text not null,
  address text not null,
  scopes text[],
  lifetime_seconds integer not null,
  interval_seconds integer not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null,
  polled_at timestamp with time zone,
  decision text,
  username text,
  made_with text,
  ends_by timestamp with time zone,
  constraint device_sign_ins_pkey PRIMARY KEY (device_hash),
  constraint device_sign_ins_user_code UNIQUE (user_code_hash),
  constraint device_sign_ins_approved CHECK (((NOT (decision IS DISTINCT FROM 'APPROVE'::text)) = (username IS NOT NULL))),
  constraint device_sign_ins_decision CHECK ((decision = ANY (ARRAY['APPROVE'::text, 'REFUSE'::text]))),
  constraint device_sign_ins_scopes CHECK ((cardinality(scopes) > 0)),
  constraint device_sign_ins_made_with_fkey FOREIGN KEY (made_with) REFERENCES tokens(id) ON DELETE CASCADE,
  constraint device_sign_ins_username_fkey FOREIGN KEY (username) REFERENCES profiles(username)
);

create table public.document_permissions (
  document_uuid text not null,
  username text not null,
  can_read boolean not null,
  can_write boolean not null,
  granted_at timestamp with time zone not null default clock_timestamp(),
  constraint document_permissions_pkey PRIMARY KEY (document_uuid, username),
  constraint document_permissions_document_uuid_fkey FOREIGN KEY (document_uuid) REFERENCES documents(uuid) ON DELETE CASCADE
);

create table public.documents (
  uuid text not null,
  kind text not null,
  owner text not null,
  name text not null,
  value jsonb not null,
  schema_id text,
  association_ids text[] not null default '{}'::text[],
  created_at timestamp with time zone not null default clock_timestamp(),
  last_updated timestamp with time zone not null default clock_timestamp(),
  constraint documents_pkey PRIMARY KEY (uuid),
  constraint documents_kind CHECK ((kind = ANY (ARRAY['metadata'::text, 'schema'::text]))),
  constraint documents_owner_fkey FOREIGN KEY (owner) REFERENCES profiles(username)
);

create table public.feed_era (
  only_row boolean not null default true,
  era_offset bigint not null default 0,
  constraint feed_era_pkey PRIMARY KEY (only_row),
  constraint feed_era_only_row CHECK (only_row)
);

create table public.file_permissions (
  place text not null,
  username text not null,
  system_uuid text not null,
  path text not null,
  can_read boolean not null,
  can_write boolean not null,
  can_execute boolean not null,
  recursive boolean not null,
  granted_by text not null,
  granted_at timestamp with time zone not null default clock_timestamp(),
  constraint file_permissions_pkey PRIMARY KEY (place, username),
  constraint file_permissions_system_uuid_fkey FOREIGN KEY (system_uuid) REFERENCES systems(uuid)
);

create table public.file_transfers (
  id text not null,
  file_uuid text not null,
  source text not null,
  username text not null,
  attempts integer not null default 0,
  next_at timestamp with time zone default clock_timestamp(),
  epoch integer not null default 0,
  part_key text,
  total_files integer not null default 1,
  total_bytes bigint not null default 0,
  transferred_bytes bigint not null default 0,
  active_transfers integer not null default 0,
  created_at timestamp with time zone not null default clock_timestamp(),
  started_at timestamp with time zone,
  updated_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  constraint file_transfers_pkey PRIMARY KEY (id),
  constraint file_transfers_file_uuid_fkey FOREIGN KEY (file_uuid) REFERENCES files(uuid)
);

create table public.files (
  uuid text not null,
  place text not null,
  system_uuid text not null,
  path text not null,
  owner text not null,
  format text not null,
  status text not null,
  source text,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_modified timestamp with time zone not null default clock_timestamp(),
  constraint files_pkey PRIMARY KEY (uuid),
  constraint files_place UNIQUE (place),
  constraint files_format CHECK ((format = ANY (ARRAY['raw'::text, 'folder'::text]))),
  constraint files_status CHECK ((status = ANY (ARRAY['STAGING_QUEUED'::text, 'STAGING'::text, 'STAGING_COMPLETED'::text, 'STAGING_FAILED'::text]))),
  constraint files_system_uuid_fkey FOREIGN KEY (system_uuid) REFERENCES systems(uuid)
);

create table public.idempotency_keys (
  username text not null,
  route text not null,
  key text not null,
  request_hash bytea not null,
  job_id text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint idempotency_keys_pkey PRIMARY KEY (username, route, key)
);

create table public.identity_changes (
  id bigint not null generated always as identity,
  username text not null,
  action text not null,
  issuer text not null,
  subject text not null,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint identity_changes_pkey PRIMARY KEY (id),
  constraint identity_changes_action CHECK ((action = ANY (ARRAY['LINKED'::text, 'UNLINKED'::text]))),
  constraint identity_changes_created_by_fkey FOREIGN KEY (created_by) REFERENCES profiles(username),
  constraint identity_changes_username_fkey FOREIGN KEY (username) REFERENCES profiles(username)
);

create table public.job_events (
  job_id text not null,
  seq integer not null,
  id text not null,
  name text not null,
  status text not null,
  description text,
  in_history boolean not null default true,
  transfer_id text,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  feed_position bigint not null default feed_now(),
  data jsonb,
  constraint job_events_pkey PRIMARY KEY (job_id, seq),
  constraint job_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(id),
  constraint job_events_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES transfers(id)
);

create table public.job_messages (
  job_id text not null,
  try integer not null,
  number bigint not null,
  constraint job_messages_pkey PRIMARY KEY (job_id, try, number),
  constraint job_messages_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(id)
);

create table public.job_permissions (
  job_id text not null,
  username text not null,
  can_read boolean not null,
  can_write boolean not null,
  can_execute boolean not null,
  granted_at timestamp with time zone not null default clock_timestamp(),
  constraint job_permissions_pkey PRIMARY KEY (job_id, username),
  constraint job_permissions_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(id)
);

create table public.jobs (
  id text not null,
  name text not null,
  owner text not null,
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
  status text not null,
  seq integer not null,
  last_message text,
  visible boolean not null default true,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_updated timestamp with time zone not null default clock_timestamp(),
  submit_time timestamp with time zone not null default clock_timestamp(),
  start_time timestamp with time zone,
  remote_ended timestamp with time zone,
  end_time timestamp with time zone,
  work_path text,
  work_removed_at timestamp with time zone,
  staging_attempts integer not null default 0,
  archiving_attempts integer not null default 0,
  submit_attempts integer not null default 0,
  try_number integer not null default 0,
  local_id text,
  exit_code integer,
  stop_requested text,
  stop_requested_at timestamp with time zone,
  stop_reason text,
  owner_replica text,
  epoch bigint not null default 0,
  lease_until timestamp with time zone not null default clock_timestamp(),
  next_at timestamp with time zone,
  deadline_at timestamp with time zone,
  faults integer not null default 0,
  absent_count integer not null default 0,
  absent_since timestamp with time zone,
  last_status_check timestamp with time zone,
  remote_status_checks integer not null default 0,
  failed_status_checks integer not null default 0,
  feed_position bigint not null default 0,
  looks_from bigint,
  failed_looks_from bigint,
  waiting_reason text,
  estimated_start timestamp with time zone,
  end_cause text,
  used_seconds integer,
  used_cpu_seconds double precision,
  used_memory_bytes bigint,
  account_until timestamp with time zone,
  interruptions integer not null default 0,
  data_waits integer not null default 0,
  constraint jobs_pkey PRIMARY KEY (id),
  constraint jobs_status CHECK ((status = ANY (ARRAY['PENDING'::text, 'PROCESSING_INPUTS'::text, 'STAGING_INPUTS'::text, 'STAGED'::text, 'SUBMITTING'::text, 'STAGING_JOB'::text, 'QUEUED'::text, 'RUNNING'::text, 'PAUSED'::text, 'CLEANING_UP'::text, 'ARCHIVING'::text, 'ARCHIVING_FINISHED'::text, 'ARCHIVING_FAILED'::text, 'FINISHED'::text, 'KILLED'::text, 'STOPPED'::text, 'FAILED'::text]))),
  constraint jobs_stop_requested CHECK ((stop_requested = ANY (ARRAY['STOPPED'::text, 'KILLED'::text, 'FAILED'::text]))),
  constraint jobs_owner_fkey FOREIGN KEY (owner) REFERENCES profiles(username)
) with (fillfactor=60, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_insert_scale_factor=0.02);

create table public.migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default clock_timestamp(),
  constraint migrations_pkey PRIMARY KEY (number)
);

create table public.postits (
  postit_hash bytea not null,
  sealed text not null,
  creator text not null,
  url text not null,
  target text not null,
  authenticated boolean not null,
  attachment boolean not null,
  remaining_uses integer,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null,
  constraint postits_pkey PRIMARY KEY (postit_hash),
  constraint postits_uses CHECK ((remaining_uses >= 0)),
  constraint postits_creator_fkey FOREIGN KEY (creator) REFERENCES profiles(username)
);

create table public.profiles (
  username text not null,
  uuid text not null,
  email text,
  first_name text not null default ''::text,
  last_name text not null default ''::text,
  password_hash text,
  is_admin boolean not null default false,
  created_at timestamp with time zone not null default clock_timestamp(),
  disabled_at timestamp with time zone,
  oidc_issuer text,
  oidc_subject text,
  phone text not null default ''::text,
  mobile_phone text not null default ''::text,
  oidc_linked_by text,
  oidc_linked_at timestamp with time zone,
  constraint profiles_pkey PRIMARY KEY (username),
  constraint profiles_oidc UNIQUE (oidc_issuer, oidc_subject),
  constraint profiles_uuid_key UNIQUE (uuid),
  constraint profiles_oidc_linked CHECK (((oidc_linked_by IS NULL) = (oidc_linked_at IS NULL))),
  constraint profiles_oidc_linked_to CHECK (((oidc_linked_by IS NULL) OR (oidc_subject IS NOT NULL))),
  constraint profiles_oidc_whole CHECK (((oidc_issuer IS NULL) = (oidc_subject IS NULL))),
  constraint profiles_oidc_linked_by_fkey FOREIGN KEY (oidc_linked_by) REFERENCES profiles(username)
);

create table public.refresh_tokens (
  token_hash bytea not null,
  consumer_key text not null,
  username text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null,
  constraint refresh_tokens_pkey PRIMARY KEY (token_hash),
  constraint refresh_tokens_consumer_key_fkey FOREIGN KEY (consumer_key) REFERENCES clients(consumer_key) ON DELETE CASCADE,
  constraint refresh_tokens_username_fkey FOREIGN KEY (username) REFERENCES profiles(username)
);

create table public.replicas (
  id text not null,
  host text not null,
  process text not null,
  roles text not null,
  started_at timestamp with time zone not null default clock_timestamp(),
  heartbeat_at timestamp with time zone not null default clock_timestamp(),
  worker_ids text[] not null default '{}'::text[],
  streams jsonb not null default '{}'::jsonb,
  constraint replicas_pkey PRIMARY KEY (id)
);

create table public.resource_events (
  resource_uuid text not null,
  seq integer not null,
  id text not null,
  name text not null,
  description text,
  body jsonb not null,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint resource_events_pkey PRIMARY KEY (resource_uuid, seq)
);

create table public.saved_filters (
  owner text not null,
  name text not null,
  filter text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_updated timestamp with time zone not null default clock_timestamp(),
  constraint saved_filters_pkey PRIMARY KEY (owner, name),
  constraint saved_filters_owner_fkey FOREIGN KEY (owner) REFERENCES profiles(username)
);

create table public.service_keys (
  place integer not null default 1,
  key bytea not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint service_keys_pkey PRIMARY KEY (place),
  constraint service_keys_one CHECK ((place = 1))
);

create table public.subscriptions (
  id text not null,
  owner text not null,
  associated_uuid text not null,
  resource_kind text not null,
  event text not null,
  url text not null,
  channel text not null,
  persistent boolean not null,
  status text not null default 'ACTIVE'::text,
  policy jsonb not null,
  credentials text,
  secret text,
  previous_secret text,
  previous_secret_until timestamp with time zone,
  failing_since timestamp with time zone,
  visible boolean not null default true,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_updated timestamp with time zone not null default clock_timestamp(),
  constraint subscriptions_pkey PRIMARY KEY (id),
  constraint subscriptions_channel CHECK ((channel = ANY (ARRAY['webhook'::text, 'email'::text]))),
  constraint subscriptions_resource_kind CHECK ((resource_kind = ANY (ARRAY['job'::text, 'app'::text, 'system'::text, 'file'::text, 'notification'::text, 'any'::text]))),
  constraint subscriptions_status CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'INACTIVE'::text, 'COMPLETE'::text, 'FAILED'::text]))),
  constraint subscriptions_owner_fkey FOREIGN KEY (owner) REFERENCES profiles(username)
);

create table public.system_checks (
  system_id text not null,
  seen_at timestamp with time zone,
  failing_since timestamp with time zone,
  message text,
  looks bigint not null default 0,
  failed_looks bigint not null default 0,
  next_look_at timestamp with time zone,
  changed_at timestamp with time zone,
  looker text,
  looking_until timestamp with time zone,
  waits jsonb,
  constraint system_checks_pkey PRIMARY KEY (system_id)
);

create table public.system_credentials (
  system_uuid text not null,
  connection text not null,
  type text not null,
  username text,
  sealed text not null,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint system_credentials_pkey PRIMARY KEY (system_uuid, connection),
  constraint system_credentials_connection CHECK ((connection = ANY (ARRAY['login'::text, 'storage'::text]))),
  constraint system_credentials_system_uuid_fkey FOREIGN KEY (system_uuid) REFERENCES systems(uuid)
);

create table public.system_health (
  system_id text not null,
  part text not null,
  failures integer not null default 0,
  since timestamp with time zone not null default clock_timestamp(),
  reason text,
  checked_at timestamp with time zone not null default clock_timestamp(),
  ok_at timestamp with time zone,
  latencies real[] not null default '{}'::real[],
  constraint system_health_pkey PRIMARY KEY (system_id, part),
  constraint system_health_part CHECK ((part = ANY (ARRAY['login'::text, 'scheduler'::text, 'storage'::text])))
);

create table public.system_roles (
  system_uuid text not null,
  username text not null,
  role text not null,
  granted_at timestamp with time zone not null default clock_timestamp(),
  constraint system_roles_pkey PRIMARY KEY (system_uuid, username),
  constraint system_roles_role CHECK ((role = ANY (ARRAY['GUEST'::text, 'USER'::text, 'PUBLISHER'::text, 'ADMIN'::text, 'OWNER'::text]))),
  constraint system_roles_system_uuid_fkey FOREIGN KEY (system_uuid) REFERENCES systems(uuid)
);

create table public.systems (
  uuid text not null,
  id text not null,
  owner text not null,
  type text not null,
  is_public boolean not null default false,
  is_global_default boolean not null default false,
  available boolean not null default true,
  revision integer not null default 1,
  definition jsonb not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_modified timestamp with time zone not null default clock_timestamp(),
  deleted_at timestamp with time zone,
  trusted boolean not null default false,
  constraint systems_pkey PRIMARY KEY (uuid),
  constraint systems_id_unique UNIQUE (id),
  constraint systems_type CHECK ((type = ANY (ARRAY['EXECUTION'::text, 'STORAGE'::text]))),
  constraint systems_owner_fkey FOREIGN KEY (owner) REFERENCES profiles(username)
);

create table public.tokens (
  id text not null,
  token_hash bytea not null,
  username text not null,
  name text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  consumer_key text,
  kind text not null default 'personal'::text,
  scopes text[],
  description text,
  begun_with text,
  sign_in_hash bytea,
  last_used_at timestamp with time zone,
  constraint tokens_pkey PRIMARY KEY (id),
  constraint tokens_sign_in UNIQUE (sign_in_hash),
  constraint tokens_token_hash_key UNIQUE (token_hash),
  constraint tokens_kind CHECK ((kind = ANY (ARRAY['personal'::text, 'client'::text, 'session'::text, 'issued'::text, 'device'::text]))),
  constraint tokens_scopes CHECK ((cardinality(scopes) > 0)),
  constraint tokens_begun_with_fkey FOREIGN KEY (begun_with) REFERENCES tokens(id) ON DELETE CASCADE,
  constraint tokens_consumer_key_fkey FOREIGN KEY (consumer_key) REFERENCES clients(consumer_key) ON DELETE CASCADE,
  constraint tokens_username_fkey FOREIGN KEY (username) REFERENCES profiles(username)
);

create table public.transfers (
  id text not null,
  job_id text not null,
  source text not null,
  destination text not null,
  total_files integer not null default 0,
  total_bytes bigint not null default 0,
  transferred_bytes bigint not null default 0,
  active_transfers integer not null default 0,
  started_at timestamp with time zone not null default clock_timestamp(),
  updated_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  phase text not null default 'staging'::text,
  kept_bytes bigint not null default 0,
  is_whole boolean not null default false,
  stalled_since timestamp with time zone,
  has_parts boolean not null default false,
  constraint transfers_pkey PRIMARY KEY (id),
  constraint transfers_phase CHECK ((phase = ANY (ARRAY['staging'::text, 'archiving'::text]))),
  constraint transfers_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(id)
);

create table public.user_default_systems (
  username text not null,
  type text not null,
  system_uuid text not null,
  constraint user_default_systems_pkey PRIMARY KEY (username, type),
  constraint user_default_systems_type CHECK ((type = ANY (ARRAY['EXECUTION'::text, 'STORAGE'::text]))),
  constraint user_default_systems_system_uuid_fkey FOREIGN KEY (system_uuid) REFERENCES systems(uuid),
  constraint user_default_systems_username_fkey FOREIGN KEY (username) REFERENCES profiles(username)
);

CREATE INDEX app_permissions_username ON public.app_permissions USING btree (username);

CREATE INDEX apps_owner ON public.apps USING btree (owner) WHERE (deleted_at IS NULL);

CREATE INDEX apps_published_from ON public.apps USING btree (published_from) WHERE (published_from IS NOT NULL);

CREATE INDEX deliveries_due ON public.deliveries USING btree (subscription_id, next_at) WHERE (status = 'pending'::text);

CREATE INDEX deliveries_event ON public.deliveries USING btree (subscription_id, event_created_at) INCLUDE (status);

CREATE INDEX deliveries_lane ON public.deliveries USING btree (subscription_id, lane, "position") WHERE (status = 'pending'::text);

CREATE INDEX deliveries_parked ON public.deliveries USING btree (subscription_id, lane, "position") WHERE (status = 'parked'::text);

CREATE INDEX deliveries_settled ON public.deliveries USING btree (settled_at) WHERE (status <> 'pending'::text);

CREATE INDEX delivery_attempts_ended ON public.delivery_attempts USING btree (ended_at);

CREATE INDEX delivery_attempts_failed ON public.delivery_attempts USING btree (subscription_id, started_at) WHERE ((outcome <> 'delivered'::text) AND visible);

CREATE INDEX delivery_attempts_subscription ON public.delivery_attempts USING btree (subscription_id, started_at DESC);

CREATE INDEX device_sign_ins_expiry ON public.device_sign_ins USING btree (expires_at);

CREATE INDEX device_sign_ins_made_with ON public.device_sign_ins USING btree (made_with) WHERE (made_with IS NOT NULL);

CREATE INDEX device_sign_ins_username ON public.device_sign_ins USING btree (username) WHERE (username IS NOT NULL);

CREATE INDEX document_permissions_username ON public.document_permissions USING btree (username) WHERE can_read;

CREATE INDEX documents_associations ON public.documents USING gin (association_ids);

CREATE INDEX documents_owner ON public.documents USING btree (owner, kind, last_updated DESC, uuid);

CREATE INDEX documents_updated ON public.documents USING btree (kind, last_updated DESC, uuid);

CREATE INDEX documents_value ON public.documents USING gin (value jsonb_path_ops);

CREATE INDEX file_permissions_system ON public.file_permissions USING btree (system_uuid);

CREATE INDEX file_transfers_due ON public.file_transfers USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX file_transfers_file ON public.file_transfers USING btree (file_uuid, created_at DESC);

CREATE INDEX files_age ON public.files USING btree (last_modified);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX identity_changes_username ON public.identity_changes USING btree (username, id DESC);

CREATE INDEX job_events_feed ON public.job_events USING btree (feed_position, job_id, seq);

CREATE INDEX job_permissions_username ON public.job_permissions USING btree (username);

CREATE INDEX jobs_active ON public.jobs USING btree (execution_system, status) WHERE (status = ANY (ARRAY['SUBMITTING'::text, 'STAGING_JOB'::text, 'QUEUED'::text, 'RUNNING'::text, 'PAUSED'::text, 'CLEANING_UP'::text, 'ARCHIVING'::text]));

CREATE INDEX jobs_deadline ON public.jobs USING btree (deadline_at) WHERE (deadline_at IS NOT NULL);

CREATE INDEX jobs_due ON public.jobs USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX jobs_ended_app ON public.jobs USING btree (lower(app_id), last_updated DESC, id DESC) WHERE (end_time IS NOT NULL);

CREATE INDEX jobs_ended_created ON public.jobs USING btree (created_at DESC, id DESC) WHERE (end_time IS NOT NULL);

CREATE INDEX jobs_ended_name ON public.jobs USING btree (lower(name) text_pattern_ops) WHERE (end_time IS NOT NULL);

CREATE INDEX jobs_ended_name_grams ON public.jobs USING gin (name_grams(name)) WITH (gin_pending_list_limit='256') WHERE (end_time IS NOT NULL);

CREATE INDEX jobs_ended_owner ON public.jobs USING btree (owner, last_updated DESC, id DESC) INCLUDE (visible, status, app_id, execution_system, name, created_at) WHERE (end_time IS NOT NULL);

CREATE INDEX jobs_ended_status ON public.jobs USING btree (status, last_updated DESC, id DESC) WHERE (end_time IS NOT NULL);

CREATE INDEX jobs_ended_system ON public.jobs USING btree (lower(execution_system), last_updated DESC, id DESC) WHERE (end_time IS NOT NULL);

CREATE INDEX jobs_ended_updated ON public.jobs USING btree (last_updated DESC, id DESC) INCLUDE (visible, status, app_id, execution_system, name, created_at) WHERE (end_time IS NOT NULL);

CREATE INDEX jobs_open_owner ON public.jobs USING btree (owner, last_updated DESC, id DESC) WHERE (end_time IS NULL);

CREATE INDEX jobs_to_account ON public.jobs USING btree (execution_system) WHERE (account_until IS NOT NULL);

CREATE INDEX jobs_waited ON public.jobs USING btree (execution_system, COALESCE(batch_queue, ''::text), start_time DESC) INCLUDE (submit_time) WHERE (start_time IS NOT NULL);

CREATE INDEX postits_creator ON public.postits USING btree (creator, created_at DESC);

CREATE INDEX postits_expiry ON public.postits USING btree (expires_at);

CREATE INDEX refresh_tokens_client ON public.refresh_tokens USING btree (consumer_key);

CREATE INDEX refresh_tokens_expiry ON public.refresh_tokens USING btree (expires_at);

CREATE INDEX subscriptions_matching ON public.subscriptions USING btree (associated_uuid, event) WHERE (status = 'ACTIVE'::text);

CREATE INDEX subscriptions_owner ON public.subscriptions USING btree (owner, created_at DESC) WHERE visible;

CREATE INDEX subscriptions_resource ON public.subscriptions USING btree (associated_uuid, created_at DESC) WHERE visible;

CREATE INDEX system_checks_due ON public.system_checks USING btree (next_look_at) WHERE (next_look_at IS NOT NULL);

CREATE INDEX system_roles_username ON public.system_roles USING btree (username);

CREATE UNIQUE INDEX systems_global_default ON public.systems USING btree (type) WHERE (is_global_default AND (deleted_at IS NULL));

CREATE INDEX systems_owner ON public.systems USING btree (owner) WHERE (deleted_at IS NULL);

CREATE INDEX tokens_begun_with ON public.tokens USING btree (begun_with) WHERE (begun_with IS NOT NULL);

CREATE INDEX tokens_client ON public.tokens USING btree (consumer_key, expires_at) WHERE (consumer_key IS NOT NULL);

CREATE INDEX tokens_ended ON public.tokens USING btree (expires_at) WHERE (kind <> 'personal'::text);

CREATE INDEX tokens_username ON public.tokens USING btree (username, created_at);

CREATE INDEX transfers_job ON public.transfers USING btree (job_id);

CREATE INDEX transfers_with_parts ON public.transfers USING btree (updated_at) WHERE has_parts;

CREATE OR REPLACE FUNCTION public.document_path(names text[])
 RETURNS jsonpath
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN ((SELECT ('$'::text || COALESCE(string_agg(('.'::text || (to_jsonb(part.name))::text), ''::text ORDER BY part.place), ''::text)) FROM unnest(document_path.names) WITH ORDINALITY part(name, place)))::jsonpath;

CREATE OR REPLACE FUNCTION public.document_path(names text[], operator text, scalar jsonb)
 RETURNS jsonpath
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (((((((document_path(names))::text || ' ? (@ '::text) || CASE operator WHEN '<'::text THEN '<'::text WHEN '<='::text THEN '<='::text WHEN '>'::text THEN '>'::text WHEN '>='::text THEN '>='::text ELSE '=='::text END) || ' '::text) || CASE WHEN (jsonb_typeof(scalar) = ANY (ARRAY['object'::text, 'array'::text])) THEN 'null'::text ELSE (scalar)::text END) || ')'::text))::jsonpath;

CREATE OR REPLACE FUNCTION public.feed_horizon()
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$
  select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + era_offset from feed_era
$function$;

CREATE OR REPLACE FUNCTION public.feed_now()
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
begin
  return pg_current_xact_id()::text::bigint + (select era_offset from feed_era);
end $function$;

CREATE OR REPLACE FUNCTION public.name_grams(name text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN ARRAY(SELECT DISTINCT substr(lower(name_grams.name), n.n, 3) AS substr FROM generate_series(1, (length(name_grams.name) - 2)) n(n));

comment on table public.app_revisions is 'never updated: a job runs the revision that was current when it was submitted';

comment on column public.apps.published_from is 'the app of which this one is a published revision; null: an app that can be revised';

comment on column public.clients.secret_hash is 'SHA-256; the secret is random, so there is nothing to guess';

comment on table public.deliveries is 'one row for each event that matched a subscription at its commit: matched = delivered + pending + parked + cancelled';

comment on column public.deliveries.lane is 'the resource whose events are delivered in order; lanes never wait for each other';

comment on column public.deliveries."position" is 'place in the lane: the event''s sequence number times 2^20, so that replays fit behind what is there';

comment on column public.deliveries.event_status is 'the job''s status once the event had happened; null: not an event of a job';

comment on column public.deliveries.snapshot is 'the resource as the event''s transaction left it';

comment on column public.deliveries.data is 'what a program inside the job sent with its own event';

comment on column public.deliveries.body is 'the bytes that every attempt sends; made once, before the first';

comment on column public.deliveries.mail is 'what a mail says at every attempt; made once, before the first; null: no mail';

comment on column public.delivery_attempts.message is 'at most the first KiB of what the other side said';

comment on column public.delivery_attempts.error_class is 'what stopped it; null: it arrived';

comment on column public.delivery_attempts.request_head is 'a line for each header, secrets left out; null: nothing was sent';

comment on column public.delivery_attempts.request_body is 'only of attempts without a delivery, which keeps it for all of its attempts';

comment on column public.delivery_attempts.request_mail is 'only of attempts without a delivery, as request_body';

comment on column public.delivery_attempts.response_head is 'at most the first 4 KiB, a line for each header; null: no answer';

comment on column public.delivery_attempts.response_body is 'at most the first KiB; null: no answer, or one that is no text';

comment on column public.delivery_attempts.response_cut is 'whether the answer had more than is kept';

comment on column public.device_sign_ins.device_hash is 'SHA-256; the device code is random, so there is nothing to guess';

comment on column public.device_sign_ins.user_code_hash is 'under a key of the service: the code is short';

comment on column public.device_sign_ins.client is 'what the program calls itself';

comment on column public.device_sign_ins.address is 'where it asked from';

comment on column public.device_sign_ins.scopes is 'asked for, and once approved those of the token; null: everything that the user may do';

comment on column public.device_sign_ins.interval_seconds is 'to wait between two questions; grows when the program does not';

comment on column public.device_sign_ins.polled_at is 'when the program asked last; null: not yet';

comment on column public.device_sign_ins.decision is 'null: the user has not decided yet';

comment on column public.device_sign_ins.made_with is 'the token of the user who approved; null: the user was there in person';

comment on column public.device_sign_ins.ends_by is 'when the token ends at the latest; null: nothing limits it';

comment on column public.document_permissions.username is 'world: everybody who is signed in';

comment on column public.documents.name is 'empty for schemas, whose document is the value';

comment on column public.documents.schema_id is 'the uuid of a schema, which may have been deleted; null: none';

comment on column public.documents.association_ids is 'uuids of resources of any kind, which may have been deleted';

comment on table public.feed_era is 'added to transaction numbers: a restored dump brings positions with it that are ahead of the new server''s numbers';

comment on column public.file_permissions.place is 'as in files';

comment on column public.file_permissions.username is 'a user, or world for everybody';

comment on column public.file_permissions.recursive is 'also for all that is below the path';

comment on table public.file_transfers is 'imports and copies that the service makes in the background';

comment on column public.file_transfers.next_at is 'when it is begun, or taken over from a process that has not been heard of; null: it has ended';

comment on column public.file_transfers.epoch is 'rises with everybody who takes it: whoever had it before writes no more';

comment on column public.file_transfers.part_key is 'names what an attempt that broke off has left at the storage; null: nothing, or in a directory of its own';

comment on table public.files is 'paths that have a history: an id belongs to a path of a system, whatever is there';

comment on column public.files.place is 'digest of system and path: a path may be longer than a key of an index';

comment on column public.files.owner is 'who brought the content last';

comment on table public.identity_changes is 'who joined or parted account and identity, and when; never changed';

comment on column public.job_events.in_history is 'CREATED reaches subscribers but not the history, which begins with PENDING (guide)';

comment on column public.job_events.feed_position is 'place in the feed over all jobs, (feed_position, job_id, seq): the transaction''s, but never before that of the job''s last event';

comment on column public.job_events.data is 'what a program inside the job sent with its own event';

comment on table public.job_messages is 'removed some time after the job has ended: its messages are refused then';

comment on column public.job_permissions.username is 'world: everyone who is signed in';

comment on column public.jobs.seq is 'sequence number of the job''s last event; taken under the row''s lock, so it has no gaps';

comment on column public.jobs.work_path is 'relative to the execution system''s root; null before staging';

comment on column public.jobs.stop_requested is 'the status the job is to get once its end is proven; FAILED: the service gave it up';

comment on column public.jobs.epoch is 'raised by every change of ownership; a write that carries an older one changes nothing';

comment on column public.jobs.next_at is 'when the sweep has to look at the job although nobody rang; null: never, or when its system is looked at';

comment on column public.jobs.faults is 'unexpected errors in a row while working on the job';

comment on column public.jobs.remote_status_checks is 'looks at its system while its program was there; those since looks_from come on top';

comment on column public.jobs.feed_position is 'that of the job''s last event';

comment on column public.jobs.looks_from is 'looks at the system when the job came under them; null while it is not';

comment on column public.jobs.waiting_reason is 'the scheduler''s word for why it waits in its queue';

comment on column public.jobs.estimated_start is 'when the scheduler expected to start it, as last stored: small changes are not';

comment on column public.jobs.end_cause is 'what the scheduler said about its end beyond an exit code';

comment on column public.jobs.used_memory_bytes is 'the most that any one of its tasks held at a time';

comment on column public.jobs.account_until is 'until then the scheduler''s accounting is asked what it used; null: it is not';

comment on column public.jobs.interruptions is 'times that the present attempt at moving data was cut short by the end of a process';

comment on column public.jobs.data_waits is 'times in a row that moving data was put off because a host did not answer';

comment on column public.postits.postit_hash is 'SHA-256; the postit is random, so there is nothing to guess';

comment on column public.postits.sealed is 'the postit under the key of the service, for the lists of its creator';

comment on column public.postits.url is 'as its creator wrote it';

comment on column public.postits.target is 'path and query of this service that it stands for';

comment on column public.postits.authenticated is 'false: the target is called as nobody';

comment on column public.postits.remaining_uses is 'null: without limit';

comment on column public.profiles.password_hash is 'scrypt; null: the user has no password and signs in with tokens only';

comment on column public.profiles.oidc_subject is 'who the user is to the OpenID provider that made the account or that it was joined with; null: an account of this service';

comment on column public.profiles.oidc_linked_by is 'the administrator who joined them; null: the provider brought the account';

comment on table public.refresh_tokens is 'each can be used again: several processes share one, and clients prove who they are with their secret';

comment on column public.replicas.host is 'names one kernel and one process id space: only there can the process be looked up';

comment on column public.replicas.process is 'process id and start time, which together name a process for ever';

comment on column public.replicas.streams is 'open streams by kind, as of the last heartbeat';

comment on column public.resource_events.body is 'the resource as it was shown when the event happened';

comment on column public.saved_filters.filter is 'as it was written, in the filter grammar: relative times count from each use';

comment on column public.subscriptions.associated_uuid is 'the resource whose events count; * for every resource (administrators only)';

comment on column public.subscriptions.credentials is 'sealed user:password of the URL, which is stored without them; null: it has none';

comment on column public.subscriptions.secret is 'sealed signing secret; null: unsigned';

comment on column public.subscriptions.previous_secret is 'still signs beside the new one until previous_secret_until';

comment on column public.subscriptions.failing_since is 'first failure after the last success; null: the endpoint is well';

comment on column public.system_checks.seen_at is 'when the system last told how its programs are';

comment on column public.system_checks.failing_since is 'first look without an answer after the last answer; null: it answers';

comment on column public.system_checks.looks is 'looks that were answered';

comment on column public.system_checks.next_look_at is 'when its programs are looked at next; null: none are there';

comment on column public.system_checks.changed_at is 'when one of its jobs last changed: soon after that it is looked at more often';

comment on column public.system_checks.looker is 'the replica that looks at it now';

comment on column public.system_checks.looking_until is 'from then on others may look although that one has not said that it is done';

comment on column public.system_checks.waits is 'by queue: how long the last jobs waited in it';

comment on column public.system_credentials.sealed is 'password, keys and the like, sealed for this row';

comment on column public.system_health.failures is 'uses in a row that failed; 0: it answers';

comment on column public.system_health.since is 'since when it is as it is';

comment on column public.system_health.reason is 'of the last failure; null: it answers';

comment on column public.system_health.checked_at is 'when it was last used or checked, a few seconds late while it answers';

comment on column public.system_health.ok_at is 'the same of the last time that it answered; null: it never has';

comment on column public.system_health.latencies is 'milliseconds of the last uses that answered, oldest first, of all processes; a bounded number';

comment on column public.systems.id is 'stays taken after deletion: jobs and links go on naming it';

comment on column public.systems.trusted is 'described by an administrator last: its hosts may have private addresses';

comment on column public.tokens.token_hash is 'SHA-256 of the bearer token; the token itself is never stored';

comment on column public.tokens.expires_at is 'null: does not expire';

comment on column public.tokens.consumer_key is 'the client that it was granted to; null: the user made it';

comment on column public.tokens.kind is 'made by its user, granted to a client, held by a browser, signed by the OpenID provider, or given to a program that its user approved';

comment on column public.tokens.scopes is 'null: everything that the user may do';

comment on column public.tokens.begun_with is 'the token with which this one was made, or the session begun: it is revoked with that';

comment on column public.tokens.sign_in_hash is 'SHA-256 of the state of a sign-in at the OpenID provider: each makes one session';

comment on column public.tokens.last_used_at is 'at most a minute old; only of kinds that people look after';

comment on column public.transfers.kept_bytes is 'of transferred_bytes, what an attempt before this one had brought';

comment on column public.transfers.is_whole is 'everything was copied; an ended transfer that is not whole was given up';

comment on column public.transfers.stalled_since is 'when the last byte came, while no more come; null when they do';

comment on column public.transfers.has_parts is 'parts of files may lie at its destination';
