import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createWebhookChannel } from '../../packages/server/src/channels/webhook.ts';
import { createEgressGuard, type EgressGuard } from '../../packages/server/src/net/egress.ts';
import { openStorage } from '../../packages/server/src/storage/by-protocol.ts';
import { type Storage, StorageError } from '../../packages/server/src/storage/storage.ts';
import { openUrl } from '../../packages/server/src/storage/url-storage.ts';
import { channelMessage, neverAborted } from './channel-message.ts';
import { FORBIDDEN_HOSTS } from './forbidden-addresses.ts';
import { startNameServer } from './test-name-server.ts';

// Runs inside `unshare -n -m`: a network of its own without a way out, where canaries sit on the addresses that must
// never be called. Calls every spelling and every treacherous name and prints what came of it as JSON. The directory
// for its files is the one argument.

const [directory = ''] = process.argv.slice(2);
const CANARIES = ['127.0.0.1', '::1', '169.254.169.254', '10.99.0.1', '100.64.0.1', 'fd00::1'];
const PUBLIC = '11.22.33.44';

const ip = (...words: string[]) => execFileSync('ip', words, { stdio: 'pipe' });
ip('link', 'set', 'lo', 'up');
// Addresses elsewhere would have no route; all of these are on this machine.
for (const address of [...CANARIES.slice(2), PUBLIC]) {
  ip('addr', 'add', `${address}/${address.includes(':') ? 128 : 32}`, 'dev', 'lo');
}
for (const [name, text] of [
  ['resolv.conf', 'nameserver 127.0.0.1\n'],
  ['hosts', '127.0.0.1 localhost\n::1 localhost\n'],
] as const) {
  writeFileSync(`${directory}/${name}`, text);
  execFileSync('mount', ['--bind', `${directory}/${name}`, `/etc/${name}`]);
}

const connections: string[] = [];
await Promise.all([...CANARIES, PUBLIC].map(listen));

async function listen(address: string): Promise<void> {
  const server = createServer((_, response) => response.end('hello'));
  server.on('connection', () => connections.push(address));
  server.listen(80, address);
  await once(server, 'listening');
  server.unref();
}

let rebindings = 0;
const only4 =
  (...addresses: string[]) =>
  (kind: 'A' | 'AAAA') => ({ addresses: kind === 'A' ? addresses : [] });
const names = await startNameServer({
  'good.test': only4(PUBLIC),
  'rebind.test': (kind) => only4(rebindings++ < 2 ? PUBLIC : '169.254.169.254')(kind),
  'mixed.test': only4(PUBLIC, '10.99.0.1'),
  'both.test': (kind) => ({ addresses: [kind === 'A' ? PUBLIC : '0:0:0:0:0:0:0:1'] }),
  'alias.test': (kind) => ({ addresses: kind === 'A' ? ['10.99.0.1'] : [], cname: 'inside.test' }),
  'six.test': (kind) => ({ addresses: kind === 'A' ? [] : ['fd00:0:0:0:0:0:0:1'] }),
  'mapped.test': (kind) => ({ addresses: kind === 'A' ? [] : ['0:0:0:0:0:ffff:7f00:1'] }),
  'many.test': only4(...Array.from({ length: 25 }, () => PUBLIC), '127.0.0.1'),
  'slow.test': () => null,
});

const TREACHEROUS = ['mixed.test', 'both.test', 'alias.test', 'six.test', 'mapped.test', 'many.test'];

const results: Record<string, { outcome: string; message: string; ms: number }> = {};
const read: Record<string, string> = {};
for (const host of [...FORBIDDEN_HOSTS, ...TREACHEROUS]) {
  results[host] = await call(`http://${host}/hook`);
  for (const scheme of ['http', 'ftp', 'ftps']) {
    read[`${scheme} ${host}`] = await readFrom((guard) => openUrl(guard, `${scheme}://${host}:80/file`));
  }
  const bare = host.replace(/^\[|\]$/g, '');
  if (!/^[0-9A-Za-z][0-9A-Za-z.:-]*$/.test(bare)) continue;
  for (const protocol of ['S3', 'FTP', 'HTTP']) {
    const block = { protocol, host: bare, port: 80, tls: false, container: 'bucket', rootDir: '/' };
    read[`${protocol} ${host}`] = await readFrom((guard) => openStorage(block, { guard }));
  }
}
results['good.test'] = await call('http://good.test/hook');
results['rebind.test first'] = await call('http://rebind.test/hook');
results['rebind.test then'] = await call('http://rebind.test/hook');
results['slow.test'] = await call('http://slow.test/hook');
results['nowhere.test'] = await call('http://nowhere.test/hook');
names.close();
console.log(JSON.stringify({ results, read, connections }));
process.exit(0);

/** The code of the error that reading a file fails with. */
async function readFrom(open: (guard: EgressGuard) => Storage): Promise<string> {
  const guard = createEgressGuard({ allow: [] });
  try {
    const storage = open(guard);
    await storage.find('/file');
    await storage.close();
    return 'found';
  } catch (error) {
    return error instanceof StorageError ? error.code : String(error);
  } finally {
    await guard.close();
  }
}

/** Each call has a channel of its own, so that no connection is used again. */
async function call(url: string) {
  const guard = createEgressGuard({ allow: [] });
  const channel = createWebhookChannel({ guard, version: '0' });
  const began = performance.now();
  const { outcome, message } = await channel.attempt(channelMessage(url), neverAborted());
  await channel.close();
  return { outcome, message, ms: Math.round(performance.now() - began) };
}
