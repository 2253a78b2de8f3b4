-- Hosts that are entered with credentials.

create table system_credentials (
  system_uuid text not null references systems (uuid),
  connection text not null constraint system_credentials_connection check (connection in ('login', 'storage')),
  type text not null,
  username text,
  sealed text not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (system_uuid, connection)
);
comment on column system_credentials.sealed is 'password, keys and the like, sealed for this row';

alter table systems add column trusted boolean not null default true;
alter table systems alter column trusted set default false;
comment on column systems.trusted is 'described by an administrator last: its hosts may have private addresses';
