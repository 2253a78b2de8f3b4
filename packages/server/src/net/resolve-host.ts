import type { LookupAddress } from 'node:dns';
import dns from 'node:dns/promises';
import { readFile, stat } from 'node:fs/promises';

/** Time one name server has for an answer, and how often it is asked. */
const DNS_TIMEOUT_MS = 1_500;
const DNS_TRIES = 2;

/** Look-ups through the system's own resolver that may be under way at once. */
const SYSTEM_LOOKUPS = 2;

/** More addresses of one name than this are no honest answer. */
const MAX_ADDRESSES = 64;

/** Codes of an answer that says "there is none" (Node's dns module). */
const NO_ANSWER: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Finds all addresses of a name. `getaddrinfo` holds one of the process's four threads until it is done, so a few
 * receivers with a slow name server would stop all others and every file operation with them. Names are therefore
 * asked for directly, over the network and without a thread; the system's resolver only helps out with names that are
 * not in DNS, through few places of its own. Rejects with an error with a `code` when there is none.
 */
export async function resolveHost(host: string): Promise<readonly LookupAddress[]> {
  const name = host.replace(/\.$/, '').toLowerCase();
  const known = await findInHosts(name);
  if (known.length > 0) return known;
  if (!name.includes('.')) return systemLookup(name);
  const resolver = new dns.Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const found = [...addressesOf(four, 4), ...addressesOf(six, 6)];
  if (found.length > 0) return found.slice(0, MAX_ADDRESSES);
  const isUnknown = [four, six].every((answer) => answer.status === 'rejected' && isNoAnswer(answer.reason));
  if (isUnknown) return systemLookup(name);
  throw four.status === 'rejected' ? four.reason : notFound(name);
}

function addressesOf(answer: PromiseSettledResult<readonly string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}

function isNoAnswer(reason: unknown): boolean {
  return reason instanceof Error && 'code' in reason && NO_ANSWER.has(String(reason.code));
}

function notFound(name: string): Error {
  return Object.assign(new Error(`${name} has no address`), { code: 'ENOTFOUND' });
}

let lookupsUnderWay = 0;
const waiting: (() => void)[] = [];

/** Hosts without a dot, search domains, mDNS: what only the system knows. */
async function systemLookup(name: string): Promise<readonly LookupAddress[]> {
  if (lookupsUnderWay >= SYSTEM_LOOKUPS) await new Promise<void>((resolve) => waiting.push(resolve));
  lookupsUnderWay += 1;
  try {
    return await dns.lookup(name, { all: true, verbatim: true });
  } finally {
    lookupsUnderWay -= 1;
    waiting.shift()?.();
  }
}

const HOSTS_FILE = '/etc/hosts';
let hosts: { readonly changedMs: number; readonly byName: ReadonlyMap<string, readonly LookupAddress[]> } = {
  changedMs: -1,
  byName: new Map(),
};

async function findInHosts(name: string): Promise<readonly LookupAddress[]> {
  const changedMs = (await stat(HOSTS_FILE).catch(() => null))?.mtimeMs ?? 0;
  if (changedMs !== hosts.changedMs) {
    hosts = { changedMs, byName: parseHosts(await readFile(HOSTS_FILE, 'utf8').catch(() => '')) };
  }
  return hosts.byName.get(name) ?? [];
}

/** `127.0.0.1  localhost localhost.localdomain  # comment` (hosts(5)) */
export function parseHosts(text: string): ReadonlyMap<string, readonly LookupAddress[]> {
  const byName = new Map<string, LookupAddress[]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address === undefined || address === '') continue;
    const entry: LookupAddress = { address, family: address.includes(':') ? 6 : 4 };
    for (const name of names)
      byName.set(name.toLowerCase(), [...(byName.get(name.toLowerCase()) ?? []), entry]);
  }
  return byName;
}
