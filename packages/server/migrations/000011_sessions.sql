-- Tokens that browsers hold and that others have signed, what each may be used for, and users of an OpenID provider.

alter table tokens
  add column kind text not null default 'personal'
    constraint tokens_kind check (kind in ('personal', 'client', 'session', 'issued')),
  add column scopes text[] constraint tokens_scopes check (cardinality(scopes) > 0),
  add column description text,
  add column begun_with text references tokens (id) on delete cascade,
  add column sign_in_hash bytea constraint tokens_sign_in unique,
  add column last_used_at timestamptz;
comment on column tokens.kind is 'made by its user, granted to a client, held by a browser, or signed by the OpenID provider';
comment on column tokens.scopes is 'null: everything that the user may do';
comment on column tokens.begun_with is 'the token that somebody signed in with: the session ends with it';
comment on column tokens.sign_in_hash is 'SHA-256 of the state of a sign-in at the OpenID provider: each makes one session';
comment on column tokens.last_used_at is 'at most a minute old; only of kinds that people look after';
update tokens set kind = 'client' where consumer_key is not null;
create index tokens_ended on tokens (expires_at) where kind <> 'personal';
create index tokens_begun_with on tokens (begun_with) where begun_with is not null;

alter table profiles
  add column oidc_issuer text,
  add column oidc_subject text,
  add constraint profiles_oidc_whole check ((oidc_issuer is null) = (oidc_subject is null)),
  add constraint profiles_oidc unique (oidc_issuer, oidc_subject);
comment on column profiles.oidc_subject is 'who the user is to the OpenID provider that made the account; null: an account of this service';
