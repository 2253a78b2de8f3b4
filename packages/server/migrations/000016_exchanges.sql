-- What an attempt sent and what was answered, for those who write the receivers.

alter table deliveries add column mail jsonb;
comment on column deliveries.mail is 'what a mail says at every attempt; made once, before the first; null: no mail';

-- Words such as dns and tls are checked by the program: a new kind of trouble needs no rewrite of the table.
alter table delivery_attempts
  add column error_class text,
  add column request_head text,
  add column request_body bytea,
  add column request_mail jsonb,
  add column response_head text,
  add column response_body text,
  add column response_cut boolean not null default false;
comment on column delivery_attempts.error_class is 'what stopped it; null: it arrived';
comment on column delivery_attempts.request_head is 'a line for each header, secrets left out; null: nothing was sent';
comment on column delivery_attempts.request_body is 'only of attempts without a delivery, which keeps it for all of its attempts';
comment on column delivery_attempts.request_mail is 'only of attempts without a delivery, as request_body';
comment on column delivery_attempts.response_head is 'at most the first 4 KiB, a line for each header; null: no answer';
comment on column delivery_attempts.response_body is 'at most the first KiB; null: no answer, or one that is no text';
comment on column delivery_attempts.response_cut is 'whether the answer had more than is kept';
