import { createRequire } from 'node:module';
import type ssh2Module from 'ssh2';
import {
  createGcmCipher,
  createGcmDecipher,
  type GcmName,
  type OnPayload,
  type PacketCipher,
  type PacketDecipher,
} from './gcm-packets.ts';

// The SSH library, AES-GCM by `gcm-packets.ts`. The library's own, without the native addition that it would compile when
// it is installed, hands OpenSSL the key of each packet as bytes. Node.js 24 tells bytes from key objects by two errors
// that it throws and catches, each with its stack: more than all encryption costs. Here is the place where the library
// itself chooses between its two; what else it may be asked for stays its own.

/** What the library makes a cipher of. */
interface LibraryConfig {
  readonly outbound: {
    readonly cipherInfo: { readonly sslName: string };
    readonly cipherKey: Buffer;
    readonly cipherIV: Buffer;
    readonly seqno: number;
    readonly onWrite: (bytes: Buffer) => void;
  };
  readonly inbound: {
    readonly decipherInfo: { readonly sslName: string };
    readonly decipherKey: Buffer;
    readonly decipherIV: Buffer;
    readonly seqno: number;
    readonly onPayload: OnPayload;
  };
}

/** ssh2 1.17, lib/protocol/crypto.js. */
interface LibraryCiphers {
  createCipher: (config: LibraryConfig) => PacketCipher;
  createDecipher: (config: LibraryConfig) => PacketDecipher;
}

const load = createRequire(import.meta.url);
replaceGcm(load('ssh2/lib/protocol/crypto.js') as LibraryCiphers);

/** Loaded after the above: its modules keep what they find there. */
export const ssh2 = load('ssh2') as typeof ssh2Module;

function replaceGcm(ciphers: LibraryCiphers): void {
  const { createCipher, createDecipher } = ciphers;
  ciphers.createCipher = (config) => {
    const { cipherInfo, cipherKey: key, cipherIV: iv, seqno: packets, onWrite } = config.outbound;
    const { sslName: name } = cipherInfo;
    return isGcm(name) ? createGcmCipher({ name, key, iv, packets, onWrite }) : createCipher(config);
  };
  ciphers.createDecipher = (config) => {
    const { decipherInfo, decipherKey: key, decipherIV: iv, seqno: packets, onPayload } = config.inbound;
    const { sslName: name } = decipherInfo;
    return isGcm(name) ? createGcmDecipher({ name, key, iv, packets, onPayload }) : createDecipher(config);
  };
}

function isGcm(name: string): name is GcmName {
  return name === 'aes-128-gcm' || name === 'aes-256-gcm';
}
