import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMail } from './parse-mail.ts';

// As nodemailer 10 writes the service's mails.
const MAIL = [
  'From: Arras <arras@host.localdomain>',
  'To: ada@example.org',
  'Subject: FINISHED: Words of the Declaration (job',
  ' 001795505968304000-eebd03fe-0fe0-007)',
  'MIME-Version: 1.0',
  'Content-Type: multipart/alternative;',
  ' boundary="--_NmP-87ef-Part_1"',
  '',
  '----_NmP-87ef-Part_1',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'The status of job 7, "caf=C3=A9," has changed to =',
  'FINISHED.',
  '',
  'URL: http://127.0.0.1/jobs?a=3Db',
  '----_NmP-87ef-Part_1',
  'Content-Type: text/html; charset=utf-8',
  'Content-Transfer-Encoding: 7bit',
  '',
  '<p>no</p>',
  '----_NmP-87ef-Part_1--',
].join('\r\n');

test('recipient, subject and plain text of a mail are read, folded lines and encodings undone', () => {
  assert.deepEqual(parseMail(MAIL), {
    to: 'ada@example.org',
    subject: 'FINISHED: Words of the Declaration (job 001795505968304000-eebd03fe-0fe0-007)',
    text: 'The status of job 7, "café," has changed to FINISHED.\n\nURL: http://127.0.0.1/jobs?a=b',
  });
});

test('encoded words of a subject and a text in base64 are decoded', () => {
  const text = Buffer.from('Übersicht\n').toString('base64');
  const mail = `Subject: =?UTF-8?Q?FINISHED=3A_caf=C3=A9_?=\n =?UTF-8?B?w6k=?=\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n${text}`;
  assert.deepEqual(parseMail(mail), { to: '', subject: 'FINISHED: café é', text: 'Übersicht' });
});
