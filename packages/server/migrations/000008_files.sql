-- Files that were changed through the service: who may use them, what happened to them, and what is still on its way.

create table files (
  uuid text primary key,
  place text not null constraint files_place unique,
  system_uuid text not null references systems (uuid),
  path text not null,
  owner text not null,
  format text not null constraint files_format check (format in ('raw', 'folder')),
  status text not null
    constraint files_status check (status in ('STAGING_QUEUED', 'STAGING', 'STAGING_COMPLETED', 'STAGING_FAILED')),
  source text,
  created_at timestamptz not null default clock_timestamp(),
  last_modified timestamptz not null default clock_timestamp()
);
create index files_age on files (last_modified);
comment on table files is 'paths that have a history: an id belongs to a path of a system, whatever is there';
comment on column files.place is 'digest of system and path: a path may be longer than a key of an index';
comment on column files.owner is 'who brought the content last';

create table file_permissions (
  place text not null,
  username text not null,
  system_uuid text not null references systems (uuid),
  path text not null,
  can_read boolean not null,
  can_write boolean not null,
  can_execute boolean not null,
  recursive boolean not null,
  granted_by text not null,
  granted_at timestamptz not null default clock_timestamp(),
  primary key (place, username)
);
comment on column file_permissions.place is 'as in files';
comment on column file_permissions.username is 'a user, or world for everybody';
comment on column file_permissions.recursive is 'also for all that is below the path';
create index file_permissions_system on file_permissions (system_uuid);

create table file_transfers (
  id text primary key,
  file_uuid text not null references files (uuid),
  source text not null,
  username text not null,
  attempts integer not null default 0,
  next_at timestamptz default clock_timestamp(),
  epoch integer not null default 0,
  part_key text,
  total_files integer not null default 1,
  total_bytes bigint not null default 0,
  transferred_bytes bigint not null default 0,
  active_transfers integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  updated_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
comment on table file_transfers is 'imports and copies that the service makes in the background';
comment on column file_transfers.next_at is 'when it is begun, or taken over from a process that has not been heard of; null: it has ended';
comment on column file_transfers.epoch is 'rises with everybody who takes it: whoever had it before writes no more';
comment on column file_transfers.part_key is 'names what an attempt that broke off has left at the storage; null: nothing, or in a directory of its own';
create index file_transfers_due on file_transfers (next_at) where next_at is not null;
create index file_transfers_file on file_transfers (file_uuid, created_at desc);

alter table subscriptions drop constraint subscriptions_resource_kind;
alter table subscriptions add constraint subscriptions_resource_kind
  check (resource_kind in ('job', 'app', 'system', 'file', 'notification', 'any'));
