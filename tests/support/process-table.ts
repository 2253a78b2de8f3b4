import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process of this machine as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly directory: string;
}

/** Every process that we may look at; corpses and kernel threads left out. */
export function listProcesses(): readonly ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readEntry(Number(name)) ?? []);
}

function readEntry(pid: number): ProcessEntry | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // 4242 (a name) S 1 …: state and parent come after the name's closing parenthesis.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent: Number(parent), command, directory: readlinkSync(`/proc/${pid}/cwd`) };
  } catch {
    return null; // Ended while we looked, or not ours to look at.
  }
}
