-- When each system is looked at, why jobs wait, and how their programs ended.

alter table system_checks
  add column looks bigint not null default 0,
  add column failed_looks bigint not null default 0,
  add column next_look_at timestamptz,
  add column changed_at timestamptz,
  add column looker text,
  add column looking_until timestamptz,
  add column waits jsonb;
comment on column system_checks.looks is 'looks that were answered';
comment on column system_checks.next_look_at is 'when its programs are looked at next; null: none are there';
comment on column system_checks.changed_at is 'when one of its jobs last changed: soon after that it is looked at more often';
comment on column system_checks.looker is 'the replica that looks at it now';
comment on column system_checks.looking_until is 'from then on others may look although that one has not said that it is done';
comment on column system_checks.waits is 'by queue: how long the last jobs waited in it';
create index system_checks_due on system_checks (next_look_at) where next_look_at is not null;

alter table jobs
  add column looks_from bigint,
  add column failed_looks_from bigint,
  add column waiting_reason text,
  add column estimated_start timestamptz,
  add column end_cause text,
  add column used_seconds integer,
  add column used_cpu_seconds double precision,
  add column used_memory_bytes bigint,
  add column account_until timestamptz;
comment on column jobs.looks_from is 'looks at the system when the job came under them; null while it is not';
comment on column jobs.remote_status_checks is 'looks at its system while its program was there; those since looks_from come on top';
comment on column jobs.waiting_reason is 'the scheduler''s word for why it waits in its queue';
comment on column jobs.estimated_start is 'when the scheduler expected to start it, as last stored: small changes are not';
comment on column jobs.end_cause is 'what the scheduler said about its end beyond an exit code';
comment on column jobs.used_memory_bytes is 'the most that any one of its tasks held at a time';
comment on column jobs.account_until is 'until then the scheduler''s accounting is asked what it used; null: it is not';
comment on column jobs.next_at is 'when the sweep has to look at the job although nobody rang; null: never, or when its system is looked at';
create index jobs_to_account on jobs (execution_system) where account_until is not null;

-- How long the last jobs of a queue waited.
create index jobs_waited on jobs (execution_system, coalesce(batch_queue, ''), start_time desc) include (submit_time)
  where start_time is not null;
