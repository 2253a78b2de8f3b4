-- Programs that sign in for users as OAuth 2.0 clients, and the tokens that they were granted.

create table clients (
  username text not null references profiles (username),
  name text not null,
  consumer_key text not null unique,
  secret_hash bytea not null,
  description text,
  callback_url text,
  tier text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (username, name)
);
comment on column clients.secret_hash is 'SHA-256; the secret is random, so there is nothing to guess';

create table refresh_tokens (
  token_hash bytea primary key,
  consumer_key text not null references clients (consumer_key) on delete cascade,
  username text not null references profiles (username),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
comment on table refresh_tokens is 'each can be used again: several processes share one, and clients prove who they are with their secret';
create index refresh_tokens_expiry on refresh_tokens (expires_at);
create index refresh_tokens_client on refresh_tokens (consumer_key);

alter table tokens add column consumer_key text references clients (consumer_key) on delete cascade;
comment on column tokens.consumer_key is 'the client that it was granted to; null: the user made it';
create index tokens_client on tokens (consumer_key, expires_at) where consumer_key is not null;
