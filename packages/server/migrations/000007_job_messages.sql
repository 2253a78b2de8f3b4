-- Which messages of tries have been taken in, so that none is taken in twice.

create table job_messages (
  job_id text not null references jobs (id),
  try integer not null,
  number bigint not null,
  primary key (job_id, try, number)
);
comment on table job_messages is 'removed some time after the job has ended: its messages are refused then';
