import { createHash } from 'node:crypto';
import { createSshHost } from './pooled-ssh-host.ts';
import type { SshEndpoint } from './ssh-endpoint.ts';
import { type SshHost, type SshHostState, SshUnavailable } from './ssh-host.ts';

/** A host that several users of it share, each of whom gives it back. */
export interface SharedSshHost {
  readonly host: SshHost;
  /**
   * Why the host cannot be entered; null when it can. Tries it only while that is not known or it could not be entered
   * last, and not while it rests.
   */
  whyUnreachable(): Promise<string | null>;
  /** Gives the host back; its connections end with the last user. */
  release(): Promise<void>;
}

/** What the hosts of a process have in common. */
export interface SharedSshHostsParts {
  /** Called when a host stops or begins to be reachable, once per change. */
  readonly onState: (endpoint: Pick<SshEndpoint, 'host' | 'port' | 'username'>, state: SshHostState) => void;
}

interface Entry {
  readonly host: SshHost;
  state: SshHostState | null;
  probing: Promise<string | null> | null;
  users: number;
}

/** The hosts of a process: one pool of connections for all who enter a host in the same way. */
export class SharedSshHosts implements AsyncDisposable {
  readonly #parts: SharedSshHostsParts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: SharedSshHostsParts) {
    this.#parts = parts;
  }

  /** `isAllowedAddress`: whether an IP address may be connected to; the same for all who share the host. */
  open(endpoint: SshEndpoint, isAllowedAddress: (address: string) => boolean): SharedSshHost {
    // A digest, so that the map holds no secret longer than the host does.
    const key = createHash('sha256').update(JSON.stringify(endpoint)).digest('hex');
    const entry = this.#entries.get(key) ?? this.#make(endpoint, isAllowedAddress);
    this.#entries.set(key, entry);
    entry.users += 1;
    let isReleased = false;
    return {
      host: entry.host,
      whyUnreachable: () => whyUnreachable(entry),
      release: async () => {
        if (isReleased) return;
        isReleased = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        this.#entries.delete(key);
        await entry.host.close();
      },
    };
  }

  #make(endpoint: SshEndpoint, isAllowedAddress: (address: string) => boolean): Entry {
    const entry: Entry = {
      host: createSshHost(endpoint, {
        isAllowedAddress,
        onState: (state) => {
          entry.state = state;
          this.#parts.onState(endpoint, state);
        },
      }),
      state: null,
      probing: null,
      users: 0,
    };
    return entry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ host }) => host.close()));
  }
}

/** One probe answers all who ask at the same time. */
function whyUnreachable(entry: Entry): Promise<string | null> {
  if (entry.state?.kind === 'reachable') return Promise.resolve(null);
  entry.probing ??= probe(entry).finally(() => {
    entry.probing = null;
  });
  return entry.probing;
}

async function probe({ host, state }: Entry): Promise<string | null> {
  try {
    await host.withChannel('exit 0', async () => undefined);
    return null;
  } catch (error) {
    if (!(error instanceof SshUnavailable)) throw error;
    // While the host rests, the reason of the failure says more than that it rests.
    return error.step === 'resting' && state?.kind === 'unreachable' ? state.reason : error.message;
  }
}
