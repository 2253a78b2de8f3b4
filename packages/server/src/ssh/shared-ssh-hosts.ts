import { createHash } from 'node:crypto';
import { openEntrance, type SshEntrance } from './ssh-entrance.ts';
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
  readonly onState: (entrance: SshEntrance, state: SshHostState) => void;
  /** As in `EntranceOptions`. */
  readonly openSshDirectory: string;
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
  open(entrance: SshEntrance, isAllowedAddress: (address: string) => boolean): SharedSshHost {
    // A digest, so that the map holds no secret longer than the host does.
    const key = createHash('sha256').update(JSON.stringify(entrance)).digest('hex');
    const entry = this.#entries.get(key) ?? this.#make(entrance, isAllowedAddress);
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

  #make(entrance: SshEntrance, isAllowedAddress: (address: string) => boolean): Entry {
    const entry: Entry = {
      host: openEntrance(entrance, {
        isAllowedAddress,
        openSshDirectory: this.#parts.openSshDirectory,
        onState: (state) => {
          entry.state = state;
          this.#parts.onState(entrance, state);
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

async function probe(entry: Entry): Promise<string | null> {
  const { host, state } = entry;
  try {
    await host.withChannel('exit 0', async () => undefined);
    // Only changes are told, and that a host was reachable from the beginning is none.
    entry.state ??= { kind: 'reachable' };
    return null;
  } catch (error) {
    if (!(error instanceof SshUnavailable)) throw error;
    // While the host rests, the reason of the failure says more than that it rests.
    return error.step === 'resting' && state?.kind === 'unreachable' ? state.reason : error.message;
  }
}
