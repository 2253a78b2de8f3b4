import { lookup } from 'node:dns/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { dial } from '../ssh/dial.ts';
import { SSH_LIMITS } from '../ssh/ssh-host.ts';
import type { Storage } from '../storage/storage.ts';
import type { CheckStep } from './check-entrance.ts';

/** A server of files that is called: an object store, a web or an FTP server. */
export interface CheckedServer {
  readonly host: string;
  readonly port: number;
  readonly isReadOnly: boolean;
}

interface ServerParts {
  readonly isAllowedAddress: (address: string) => boolean;
  storage(): Promise<Storage>;
  readonly nonce: string;
}

/** The steps until the server answers one who has credentials; its certificate is looked at with them. */
export function stepsToServer({ host, port }: CheckedServer, parts: ServerParts): readonly CheckStep[] {
  return [
    {
      step: 'resolve',
      look: async () => {
        const found = await lookup(host, { all: true });
        return `${host} is ${found.map(({ address }) => address).join(', ')}.`;
      },
      fix: `Correct the host of the system, or make ${host} known to the name service of this machine.`,
    },
    {
      step: 'connect',
      look: async () => {
        const { isAllowedAddress } = parts;
        const socket = await dial({ host, port, isAllowedAddress, timeoutMs: SSH_LIMITS.connectMs });
        socket.destroy();
        return `${host} answers at port ${port}.`;
      },
      fix: `See whether the server runs on ${host} at port ${port}, and whether a firewall lets this machine through.`,
    },
    {
      step: 'authenticate',
      look: async () => {
        await (await parts.storage()).find('/');
        return `${host} lets the service in.`;
      },
      fix: 'See whether the certificate, the region and the bucket are right where there are some, and replace the credentials: arras systems credentials set ID.',
    },
  ];
}

/** Whether archives can be put there. */
export function writeStep({ storage, nonce }: ServerParts): CheckStep {
  return {
    step: 'write',
    look: async () => {
      const files = await storage();
      const path = `/.arras-check-${nonce}`;
      await files.write(path, Readable.from([Buffer.from(nonce)]));
      try {
        const { stream } = await files.open(path);
        if ((await text(stream)) !== nonce) throw new Error('what was written is read differently');
      } finally {
        await files.remove(path);
      }
      return 'A file was written, read and removed.';
    },
    fix: 'Give the account the right to write below rootDir. A storage that is only read from needs no more.',
  };
}
