-- What operators look at: how each part of a system answers, and the streams that each process has open.

create table system_health (
  system_id text not null,
  part text not null constraint system_health_part check (part in ('login', 'scheduler', 'storage')),
  failures integer not null default 0,
  since timestamptz not null default clock_timestamp(),
  reason text,
  checked_at timestamptz not null default clock_timestamp(),
  ok_at timestamptz,
  latencies real[] not null default '{}',
  primary key (system_id, part)
);
comment on column system_health.failures is 'uses in a row that failed; 0: it answers';
comment on column system_health.since is 'since when it is as it is';
comment on column system_health.reason is 'of the last failure; null: it answers';
comment on column system_health.checked_at is 'when it was last used or checked, a few seconds late while it answers';
comment on column system_health.ok_at is 'the same of the last time that it answered; null: it never has';
comment on column system_health.latencies is 'milliseconds of the last uses that answered, oldest first, of all processes; a bounded number';

alter table replicas add column streams jsonb not null default '{}';
comment on column replicas.streams is 'open streams by kind, as of the last heartbeat';
