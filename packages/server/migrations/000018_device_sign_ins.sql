-- Programs on machines without a browser that users sign in (RFC 8628), what was made with which token, and accounts that
-- administrators join with people of an OpenID provider.

create table device_sign_ins (
  device_hash bytea primary key,
  user_code_hash bytea not null constraint device_sign_ins_user_code unique,
  client text not null,
  address text not null,
  scopes text[] constraint device_sign_ins_scopes check (cardinality(scopes) > 0),
  lifetime_seconds integer not null,
  interval_seconds integer not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  polled_at timestamptz,
  decision text constraint device_sign_ins_decision check (decision in ('APPROVE', 'REFUSE')),
  username text references profiles (username),
  made_with text references tokens (id) on delete cascade,
  ends_by timestamptz,
  constraint device_sign_ins_approved check ((decision is not distinct from 'APPROVE') = (username is not null))
);
comment on column device_sign_ins.device_hash is 'SHA-256; the device code is random, so there is nothing to guess';
comment on column device_sign_ins.user_code_hash is 'under a key of the service: the code is short';
comment on column device_sign_ins.client is 'what the program calls itself';
comment on column device_sign_ins.address is 'where it asked from';
comment on column device_sign_ins.scopes is 'asked for, and once approved those of the token; null: everything that the user may do';
comment on column device_sign_ins.interval_seconds is 'to wait between two questions; grows when the program does not';
comment on column device_sign_ins.polled_at is 'when the program asked last; null: not yet';
comment on column device_sign_ins.decision is 'null: the user has not decided yet';
comment on column device_sign_ins.made_with is 'the token of the user who approved; null: the user was there in person';
comment on column device_sign_ins.ends_by is 'when the token ends at the latest; null: nothing limits it';
create index device_sign_ins_expiry on device_sign_ins (expires_at);
create index device_sign_ins_username on device_sign_ins (username) where username is not null;
create index device_sign_ins_made_with on device_sign_ins (made_with) where made_with is not null;

alter table tokens
  drop constraint tokens_kind,
  add constraint tokens_kind check (kind in ('personal', 'client', 'session', 'issued', 'device'));
comment on column tokens.kind is 'made by its user, granted to a client, held by a browser, signed by the OpenID provider, or given to a program that its user approved';
comment on column tokens.begun_with is 'the token with which this one was made, or the session begun: it is revoked with that';

alter table profiles
  add column oidc_linked_by text references profiles (username),
  add column oidc_linked_at timestamptz,
  add constraint profiles_oidc_linked check ((oidc_linked_by is null) = (oidc_linked_at is null)),
  add constraint profiles_oidc_linked_to check (oidc_linked_by is null or oidc_subject is not null);
comment on column profiles.oidc_subject is 'who the user is to the OpenID provider that made the account or that it was joined with; null: an account of this service';
comment on column profiles.oidc_linked_by is 'the administrator who joined them; null: the provider brought the account';

create table identity_changes (
  id bigint generated always as identity primary key,
  username text not null references profiles (username),
  action text not null constraint identity_changes_action check (action in ('LINKED', 'UNLINKED')),
  issuer text not null,
  subject text not null,
  created_by text not null references profiles (username),
  created_at timestamptz not null default clock_timestamp()
);
comment on table identity_changes is 'who joined or parted account and identity, and when; never changed';
create index identity_changes_username on identity_changes (username, id desc);
