-- Transfers that are gone on with after an interruption, and that say so when no byte comes.

alter table transfers
  add column phase text not null default 'staging',
  add column kept_bytes bigint not null default 0,
  add column is_whole boolean not null default false,
  add column stalled_since timestamptz,
  add column has_parts boolean not null default false,
  add constraint transfers_phase check (phase in ('staging', 'archiving'));
comment on column transfers.kept_bytes is 'of transferred_bytes, what an attempt before this one had brought';
comment on column transfers.is_whole is 'everything was copied; an ended transfer that is not whole was given up';
comment on column transfers.stalled_since is 'when the last byte came, while no more come; null when they do';
comment on column transfers.has_parts is 'parts of files may lie at its destination';
create index transfers_with_parts on transfers (updated_at) where has_parts;

alter table jobs
  add column interruptions integer not null default 0,
  add column data_waits integer not null default 0;
comment on column jobs.interruptions is 'times that the present attempt at moving data was cut short by the end of a process';
comment on column jobs.data_waits is 'times in a row that moving data was put off because a host did not answer';
