-- The feed over all jobs, and what is known about the execution systems that statuses come from.

create table feed_era (
  only_row boolean primary key default true constraint feed_era_only_row check (only_row),
  era_offset bigint not null default 0
);
comment on table feed_era is 'added to transaction numbers: a restored dump brings positions with it that are ahead of the new server''s numbers';
insert into feed_era default values;

-- Where the current transaction's events stand in the feed.
create function feed_now() returns bigint language plpgsql volatile as $$
begin
  return pg_current_xact_id()::text::bigint + (select era_offset from feed_era);
end $$;

-- Every transaction that could still add an event below this position has ended: readers stop here (RELIABILITY R1).
create function feed_horizon() returns bigint language sql stable as $$
  select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + era_offset from feed_era
$$;

alter table job_events alter column xid drop default;
alter table job_events alter column xid type bigint using xid::text::bigint;
alter table job_events alter column xid set default feed_now();
alter table job_events rename column xid to feed_position;
comment on column job_events.feed_position is 'place in the feed over all jobs, (feed_position, job_id, seq): the transaction''s, but never before that of the job''s last event';
create index job_events_feed on job_events (feed_position, job_id, seq);

alter table jobs add column feed_position bigint not null default 0;
comment on column jobs.feed_position is 'that of the job''s last event';

create table system_checks (
  system_id text primary key,
  seen_at timestamptz,
  failing_since timestamptz,
  message text
);
comment on column system_checks.seen_at is 'when the system last told how its programs are';
comment on column system_checks.failing_since is 'first look without an answer after the last answer; null: it answers';
