-- How users can be called.

alter table profiles
  add column phone text not null default '',
  add column mobile_phone text not null default '';
