-- Apps that are shared with single users, and those that are published.

create table app_permissions (
  app_uuid text not null references apps (uuid),
  username text not null references profiles (username),
  can_read boolean not null,
  can_write boolean not null,
  can_execute boolean not null,
  granted_by text not null,
  granted_at timestamptz not null default clock_timestamp(),
  primary key (app_uuid, username)
);
create index app_permissions_username on app_permissions (username);

alter table apps add column published_from text references apps (uuid);
comment on column apps.published_from is 'the app of which this one is a published revision; null: an app that can be revised';
create index apps_published_from on apps (published_from) where published_from is not null;
