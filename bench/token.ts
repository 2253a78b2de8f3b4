import { Pool } from 'undici';
import { createTestDatabase } from '../tests/support/database.ts';
import { startService } from '../tests/support/service.ts';
import { type Measurement, percentile } from './measurement.ts';

const CONNECTIONS = 32;
/** Short rounds in turn, so that what else the machine does meets both alike. */
const ROUNDS = 4;
const ROUND_MS = 1_500;
const PASSWORD = 'bench password';

/** Existing clients refresh their token before every command: what that costs beside a request that only reads. */
export async function benchToken(): Promise<Measurement[]> {
  const database = await createTestDatabase();
  const environment = { ARRAS_LOG_LEVEL: 'warn', ARRAS_ROLES: 'api', ARRAS_ADMIN_PASSWORD: PASSWORD };
  try {
    await using service = await startService({ databaseUrl: database.url, environment });
    const pool = new Pool(service.url, { connections: CONNECTIONS });
    try {
      return await compare(pool);
    } finally {
      await pool.close();
    }
  } finally {
    await database.drop();
  }
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function compare(pool: Pool): Promise<Measurement[]> {
  const refresh = await prepareRefresh(pool);
  const { access_token: token } = await send<{ readonly access_token: string }>(pool, refresh);
  const read: Call = {
    method: 'GET',
    path: '/profiles/v2/me',
    headers: { authorization: `Bearer ${token}` },
  };
  const rates = { refresh: [] as number[], read: [] as number[] };
  // The first round warms both up.
  await rate(pool, read);
  await rate(pool, refresh);
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.read.push(await rate(pool, read));
    rates.refresh.push(await rate(pool, refresh));
  }
  return [
    {
      name: `/token with a refresh token, ${CONNECTIONS} connections`,
      value: percentile(rates.refresh, 0.5),
      unit: 'tokens/s',
      baseline: { name: 'GET /profiles/v2/me, one query', value: percentile(rates.read, 0.5) },
      aim: 'at least 500 tokens/s: no password is hashed on the way',
    },
  ];
}

/** A client with a refresh token that it got for a password. */
async function prepareRefresh(pool: Pool): Promise<Call> {
  const created = await send<{ result: { consumerKey: string; consumerSecret: string } }>(pool, {
    method: 'POST',
    path: '/clients/v2',
    headers: { authorization: basic('admin', PASSWORD), 'content-type': 'application/json' },
    body: JSON.stringify({ clientName: 'bench' }),
  });
  const { consumerKey, consumerSecret } = created.result;
  const ask = (fields: Readonly<Record<string, string>>): Call => ({
    method: 'POST',
    path: '/token',
    headers: {
      authorization: basic(consumerKey, consumerSecret),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
  });
  const byPassword = ask({ grant_type: 'password', username: 'admin', password: PASSWORD });
  const { refresh_token } = await send<{ readonly refresh_token: string }>(pool, byPassword);
  return ask({ grant_type: 'refresh_token', refresh_token });
}

function basic(name: string, secret: string): string {
  return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
}

async function send<Answer>(pool: Pool, call: Call): Promise<Answer> {
  const { statusCode, body } = await pool.request(call);
  if (statusCode < 300) return (await body.json()) as Answer;
  throw new Error(`${call.method} ${call.path}: ${statusCode} ${await body.text()}`);
}

/** Answers in a second of one round. */
async function rate(pool: Pool, call: Call): Promise<number> {
  const began = performance.now();
  const until = began + ROUND_MS;
  let answers = 0;
  const one = async () => {
    while (performance.now() < until) {
      await send(pool, call);
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return (answers / (performance.now() - began)) * 1000;
}
