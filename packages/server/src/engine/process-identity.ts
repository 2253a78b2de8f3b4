import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/**
 * Names the kernel and the process id space this process runs in: host name, boot id, and the namespace of
 * process ids (containers on one machine have the same of the first two).
 */
export async function identifyHost(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const space = await readlink('/proc/self/ns/pid').catch(() => '');
  return [hostname(), boot.trim(), space].join(' ');
}

/** Names a process for ever: its id can be given to another one, but not with the same start time. */
export async function identifyProcess(pid: number): Promise<string> {
  return `${pid} ${(await startTimeOf(pid)) ?? ''}`;
}

/** Whether a process that was named on this host is gone. Doubt counts as alive: its heartbeat decides then. */
export async function isGone(identity: string): Promise<boolean> {
  const [pid, start] = identity.split(' ');
  if (!pid || !start) return false;
  return (await startTimeOf(Number(pid))) !== start;
}

/** Field 22 of /proc/PID/stat, counted after the parenthesised name, which may hold blanks (proc(5)). */
async function startTimeOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
