import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { ADMIN_TOKEN } from '../support/service.ts';
import { basic, type CompatBed } from './compat-bed.ts';
import type { RawAnswer } from './raw-request.ts';
import type { RecordedRequest, RecordedUpload, Row, Sender } from './recorded-request.ts';
import { findMisfits, type Shape } from './shape.ts';

type Names = Readonly<Record<string, string>>;

/** Sends the requests of a row in their order and checks what comes back. */
export async function runRow(bed: CompatBed, row: Row): Promise<void> {
  let names: Names = { ...bed.names, url: bed.url, today: new Date().toISOString().slice(0, 10) };
  names = { ...names, historyPath: `/jobs/v2/${names['job']}/history` };
  if (row.client === 'Tapis CLI') names = { ...names, token: await refresh(bed) };
  for (const request of row.requests) {
    const answer = await send(bed, request, names);
    check(request, answer, names);
    names = { ...names, ...keep(request, answer) };
  }
}

/** With a full cache every command does this first. */
async function refresh(bed: CompatBed): Promise<string> {
  const { refresh: token = '' } = bed.names;
  const form = { grant_type: 'refresh_token', scope: 'PRODUCTION', refresh_token: token };
  const answer = await send(bed, { by: 'consumer', send: 'POST /token', form }, bed.names);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.access_token;
}

function send(bed: CompatBed, request: RecordedRequest, names: Names): Promise<RawAnswer> {
  const [method = '', target = ''] = fill(request.send, names).split(/ (.*)/s);
  const { headers, body } = bodyOf(request, names);
  return bed.send({
    method,
    target,
    headers: {
      ...headersOf(request.by, request.as === undefined ? names : { ...names, token: ADMIN_TOKEN }),
      Accept: '*/*',
      'Accept-Encoding': 'gzip, deflate',
      ...headers,
      ...(body === undefined && method !== 'GET' && { 'Content-Length': '0' }),
    },
    ...(body !== undefined && { body }),
  });
}

/** Names are spelled as each client spells them. */
function headersOf(by: Sender, names: Names): OutgoingHttpHeaders {
  const { token = '', user = '', password = '', key = '', secret = '' } = names;
  const agent = { 'User-Agent': 'python-requests/2.28.1' };
  switch (by) {
    case 'direct':
      return { authorization: `Bearer ${token}`, 'user-agent': 'tapis_cli/1.0.0#master' };
    case 'swagger':
      return { ...agent, Authorization: `Bearer ${token}` };
    case 'password':
      return { ...agent, Authorization: basic(user, password) };
    case 'consumer':
      return { ...agent, Authorization: basic(key, secret) };
    case 'anonymous':
      return agent;
  }
}

function bodyOf(
  request: RecordedRequest,
  names: Names,
): { readonly headers?: OutgoingHttpHeaders; readonly body?: string } {
  const { json, form, upload, empty } = request;
  if (empty === true) return { headers: { 'Content-type': 'application/json' } };
  if (json !== undefined)
    return { headers: { 'Content-type': 'application/json' }, body: fill(JSON.stringify(json), names) };
  if (form !== undefined) {
    const pairs = Object.entries(form).map(([name, value]) => [name, fill(value, names)] as const);
    return {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(Object.fromEntries(pairs)).toString(),
    };
  }
  return upload === undefined ? {} : multipart(upload);
}

function multipart({ fileName, content }: RecordedUpload) {
  const boundary = '3d1bf3c0a2f84e3b9d1d2f0d7d1e1c55';
  const body = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="fileToUpload"; filename="${fileName}"`,
    'Content-Type: text/plain',
    '',
    content,
    `--${boundary}--`,
    '',
  ].join('\r\n');
  return { headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` }, body };
}

function check(request: RecordedRequest, answer: RawAnswer, names: Names): void {
  const { status, text, needs, send: line } = request;
  const about = `${fill(line, names)}: ${answer.status} ${answer.text.slice(0, 500)}`;
  if (status === undefined) assert.ok(answer.status >= 200 && answer.status < 300, about);
  else assert.equal(answer.status, status, about);
  if (text !== undefined) return assert.equal(answer.text, text, about);
  const shape = fillShape(needs ?? { version: 'string' }, names);
  assert.deepEqual(findMisfits(shape, answer.json), [], about);
}

function keep({ keep: wanted = {} }: RecordedRequest, { json }: RawAnswer): Names {
  const read = (path: string): unknown => path.split('.').reduce((value, key) => value?.[key], json);
  return Object.fromEntries(Object.entries(wanted).map(([name, path]) => [name, String(read(path))]));
}

/** Puts values in the places of names in braces; other braces stay. */
function fill(text: string, names: Names): string {
  return text.replaceAll(/(?<!\$)\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);
}

function fillShape(shape: Shape, names: Names): Shape {
  if (typeof shape === 'string') return fill(shape, names);
  if (shape instanceof RegExp) return shape;
  if (Array.isArray(shape)) return [fillShape(shape[0], names)];
  return Object.fromEntries(Object.entries(shape).map(([key, item]) => [key, fillShape(item, names)]));
}
