import { createHash } from 'node:crypto';

/** A public key of a host. */
export interface HostKey {
  /** As in the key itself: `ssh-rsa` names the key, not the forbidden signature. */
  readonly type: string;
  readonly blob: Buffer;
}

/**
 * The algorithms that prove each type of key, in the order we prefer the types. SHA-1 (`ssh-rsa` as a signature) and
 * DSA are left out.
 */
const SIGNATURES = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
} as const;

/** A name of a signature that a host may prove its key with. */
export type HostKeyAlgorithm = (typeof SIGNATURES)[keyof typeof SIGNATURES][number];

/** The groups of algorithms of which a host has at most one key each. */
export const HOST_KEY_GROUPS: readonly (readonly HostKeyAlgorithm[])[] = Object.values(SIGNATURES);

/** ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI… a comment */
const LINE_SHAPE = /^([a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t].*)?$/;

/** Reads a line such as those of `/etc/ssh/ssh_host_ed25519_key.pub`. Throws a RangeError for anything else. */
export function parseHostKey(line: string): HostKey {
  const [, type, base64] = LINE_SHAPE.exec(line.trim()) ?? [];
  const blob = Buffer.from(base64 ?? '', 'base64');
  if (type === undefined || typeOf(blob) !== type || !(type in SIGNATURES)) {
    const got = JSON.stringify(line.slice(0, 80));
    throw new RangeError(`expected a host key of type ${Object.keys(SIGNATURES).join(', ')}, got ${got}`);
  }
  return { type, blob };
}

/** `ssh-ed25519 AAAA…`, as it is pinned. */
export function renderHostKey(blob: Buffer): string {
  return `${typeOf(blob)} ${blob.toString('base64')}`;
}

/** `ssh-ed25519 SHA256:…`, as `ssh-keygen -l` shows it. */
export function renderFingerprint(blob: Buffer): string {
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return `${typeOf(blob)} SHA256:${digest}`;
}

/** The algorithms by which a host can prove one of these keys. */
export function algorithmsOf(keys: readonly HostKey[]): HostKeyAlgorithm[] {
  return Object.entries(SIGNATURES).flatMap(([type, names]) =>
    keys.some((key) => key.type === type) ? [...names] : [],
  );
}

/** A key begins with the length of its type's name and the name. */
function typeOf(blob: Buffer): string {
  if (blob.length < 4) return '';
  const name = blob.toString('latin1', 4, 4 + Math.min(blob.readUInt32BE(0), 64));
  return /^[a-z0-9@.-]+$/.test(name) ? name : '';
}
