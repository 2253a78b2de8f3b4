-- Metadata documents about anything that has a uuid, and JSON Schemas that they may name.

create table documents (
  uuid text primary key,
  kind text not null constraint documents_kind check (kind in ('metadata', 'schema')),
  owner text not null references profiles (username),
  name text not null,
  value jsonb not null,
  schema_id text,
  association_ids text[] not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  last_updated timestamptz not null default clock_timestamp()
);
comment on column documents.name is 'empty for schemas, whose document is the value';
comment on column documents.schema_id is 'the uuid of a schema, which may have been deleted; null: none';
comment on column documents.association_ids is 'uuids of resources of any kind, which may have been deleted';
create index documents_owner on documents (owner, kind, last_updated desc, uuid);
create index documents_updated on documents (kind, last_updated desc, uuid);
create index documents_associations on documents using gin (association_ids);
create index documents_value on documents using gin (value jsonb_path_ops);

create table document_permissions (
  document_uuid text not null references documents (uuid) on delete cascade,
  username text not null,
  can_read boolean not null,
  can_write boolean not null,
  granted_at timestamptz not null default clock_timestamp(),
  primary key (document_uuid, username)
);
comment on column document_permissions.username is 'world: everybody who is signed in';
create index document_permissions_username on document_permissions (username) where can_read;

-- A path of names, as PostgreSQL writes it: arrays on the way are looked into, as in MongoDB. Names are quoted by the
-- database itself, so that none of them can be read as anything else.
create function document_path(names text[]) returns jsonpath language sql immutable strict parallel safe
return (select '$' || coalesce(string_agg('.' || to_jsonb(name)::text, '' order by place), '')
  from unnest(names) with ordinality as part (name, place))::jsonpath;

-- The same with a comparison to a scalar, which is written by the database as well.
create function document_path(names text[], operator text, scalar jsonb) returns jsonpath
language sql immutable strict parallel safe
return (document_path(names)::text || ' ? (@ '
  || case operator when '<' then '<' when '<=' then '<=' when '>' then '>' when '>=' then '>=' else '==' end
  || ' ' || case when jsonb_typeof(scalar) in ('object', 'array') then 'null' else scalar::text end || ')')::jsonpath;
