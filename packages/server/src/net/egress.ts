import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { SecureContext } from 'node:tls';
import { callbackify } from 'node:util';
import { Agent } from 'undici';
import { isDenied, parseRanges } from './address-rules.ts';
import { BLOCKED_MESSAGE, BlockedError } from './blocked.ts';
import { bareHost, createConnector, createTrust } from './guarded-connector.ts';
import { whyPortIsRefused } from './refused-ports.ts';
import { resolveHost } from './resolve-host.ts';

/** Connections to one origin by default. Above what deliveries to one host may be under way, so that none waits in here. */
const CONNECTIONS_PER_ORIGIN = 24;

/** An idle connection is not used again after this long: servers close theirs, often after 5 s, without a word. */
const KEEP_ALIVE_MS = 2_000;

/** The most of an answer's head that is read. */
const MAX_HEAD_BYTES = 16_384;

/** What guards every connection that users' addresses make us open. */
export interface EgressGuard {
  /** Why a URL can never be called, in words for its owner; null when it may, as far as its text tells. */
  checkUrl(url: URL): string | null;
  /** Whether an address must not be reached. */
  denies(address: string): boolean;
  /** Name look-up that fails with {@link BlockedError} when any of the name's addresses is denied. */
  readonly lookup: LookupFunction;
  /** The addresses of a host for a protocol that connects itself. Throws {@link BlockedError} when any is denied. */
  resolve(host: string): Promise<readonly string[]>;
  /** The client through which every HTTP call goes. It follows no redirect and uses no proxy. */
  readonly agent: Agent;
  /** The authorities that are trusted, for protocols that speak TLS themselves. */
  readonly trust: SecureContext;
  close(): Promise<void>;
}

/** What the operator may set. */
export interface EgressRules {
  /** Ranges that may be reached although they are private (`ARRAS_EGRESS_ALLOW`). Throws a RangeError for no range. */
  readonly allow: readonly string[];
  /** Certificates of a private authority, in PEM, beside the well-known ones. */
  readonly authorities?: string;
  /** Connections to one origin at the same time, 24 by default; further calls wait for one. */
  readonly connectionsPerOrigin?: number;
}

/**
 * Makes the guard of RELIABILITY.md R12. Its three belts: the text of the URL, where literal addresses are, which no
 * look-up ever sees; the addresses a name has at the moment of connecting; the address the socket is connected to,
 * checked before the first byte.
 */
export function createEgressGuard({ allow, authorities, connectionsPerOrigin }: EgressRules): EgressGuard {
  const allowed = parseRanges(allow);
  const denies = (address: string) => isDenied(address, allowed);
  const lookup = guardedLookup(denies);
  const trust = createTrust(authorities);
  const agent = new Agent({
    connect: createConnector({ denies, lookup, trust }),
    allowH2: false,
    connections: connectionsPerOrigin ?? CONNECTIONS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEAD_BYTES,
    // The caller's own limit is one for the whole answer; these, between two pieces, are only a second one.
    headersTimeout: 20_000,
    bodyTimeout: 20_000,
  });
  return {
    checkUrl: (url) => checkUrl(url, denies),
    denies,
    lookup,
    resolve: async (host) => {
      const found = await resolveAllowed(denies, bareHost(host));
      return found.map(({ address }) => address);
    },
    agent,
    trust,
    close: () => agent.destroy(),
  };
}

function checkUrl(url: URL, denies: (address: string) => boolean): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'only http:// and https:// can be called';
  const why = whyPortIsRefused(Number(url.port));
  if (why !== null) return `port ${url.port} belongs to other services (${why}) and is not called`;
  const host = bareHost(url.hostname);
  return isIP(host) !== 0 && denies(host) ? BLOCKED_MESSAGE : null;
}

async function resolveAllowed(
  denies: (address: string) => boolean,
  host: string,
): Promise<readonly LookupAddress[]> {
  const family = isIP(host);
  const addresses = family === 0 ? await resolveHost(host) : [{ address: host, family }];
  // One denied address among good ones is enough: which of them is used is the attacker's choice.
  if (addresses.length === 0 || addresses.some(({ address }) => denies(address))) throw new BlockedError();
  return addresses;
}

function guardedLookup(denies: (address: string) => boolean): LookupFunction {
  const findAllowed = callbackify((hostname: string) => resolveAllowed(denies, hostname));
  return (hostname, options, done) => {
    findAllowed(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) done(error ?? new BlockedError(), '', 0);
      else if (options.all) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
  };
}
