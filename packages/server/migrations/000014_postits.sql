-- Addresses that anybody can read who has a postit, with the rights of the user who made it.

create table postits (
  postit_hash bytea primary key,
  sealed text not null,
  creator text not null references profiles (username),
  url text not null,
  target text not null,
  authenticated boolean not null,
  attachment boolean not null,
  remaining_uses integer constraint postits_uses check (remaining_uses >= 0),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
comment on column postits.postit_hash is 'SHA-256; the postit is random, so there is nothing to guess';
comment on column postits.sealed is 'the postit under the key of the service, for the lists of its creator';
comment on column postits.url is 'as its creator wrote it';
comment on column postits.target is 'path and query of this service that it stands for';
comment on column postits.authenticated is 'false: the target is called as nobody';
comment on column postits.remaining_uses is 'null: without limit';
create index postits_creator on postits (creator, created_at desc);
create index postits_expiry on postits (expires_at);
