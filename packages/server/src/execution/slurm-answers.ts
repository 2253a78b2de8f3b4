import type { AccountRow, QueueRow } from './batch-answer.ts';
import { type Tracked, UnreadableAnswer, type Usage } from './scheduler.ts';
import { SLURM_END_REASONS, SLURM_STATES } from './slurm-states.ts';

// row 17 4711|PENDING|0|0|2026-11-24T10:38:30|BeginTime
// row 17 4711|FAILED|768|0|2026-11-24T09:38:30|NonZeroExitCode
const ROW_SHAPE = /^row ([0-9]+) ([0-9]+)\|([A-Z_]+)\|([0-9:]*)\|([0-9]*)\|([^|]*)\|(.*)$/;

/** The rows that the poll script printed, by tag. */
export function parseSlurmQueue(
  lines: readonly string[],
  tracked: readonly Tracked[],
): ReadonlyMap<string, readonly QueueRow[]> {
  const rows = new Map<string, QueueRow[]>();
  for (const line of lines) {
    const [, number, localId, state, exit, restarts, start, reason] = ROW_SHAPE.exec(line) ?? [];
    const tag = tracked[Number(number)]?.tag;
    if (tag === undefined || localId === undefined || state === undefined) {
      throw new UnreadableAnswer(`expected a row of squeue, got ${JSON.stringify(line.slice(0, 200))}`);
    }
    const known = rows.get(tag) ?? [];
    known.push({
      localId,
      phase: SLURM_STATES[state] ?? null,
      ...parseExit(exit ?? ''),
      restarted: Number(restarts) > 0,
      reason: reason === undefined || reason === '' ? null : reason,
      estimatedStart: parseTime(start ?? ''),
      endReason: SLURM_END_REASONS[reason ?? ''] ?? null,
    });
    rows.set(tag, known);
  }
  return rows;
}

/**
 * `768` is a wait status: exit code 3. `9` is signal 9, `137` the same with a core dump. `3:0` is exit code 3, `0:9`
 * signal 9. Slurm's own errors have signals above 64: `0:125`.
 */
function parseExit(text: string): { readonly exitCode: number | null; readonly signal?: number } {
  const [code, second] = text.split(':').map(Number);
  if (code === undefined || Number.isNaN(code)) return { exitCode: null };
  const signal = second ?? code % 128;
  if (signal === 0) return { exitCode: second === undefined ? Math.floor(code / 256) : code };
  return { exitCode: null, ...(signal <= 64 && { signal }) };
}

/** `2026-11-24T10:38:30`, asked for in UTC; `N/A` where there is no estimate. */
function parseTime(text: string): Date | null {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? new Date(`${text}Z`) : null;
}

/**
 * Lines of sacct, split by the nonce: the job, then its steps, whose memory is the job's.
 * `4711@…|tj-0123-007-1@…|COMPLETED@…|0:0@…|12@…|00:01.250@…|@…|200M@…|1` and `4711.batch@…|batch@…|COMPLETED@…|0:0@…|12@…|00:01.250@…|5124K@…|@…|1`
 */
export function parseSlurmAccounting(lines: readonly string[], nonce: string): readonly AccountRow[] {
  const rows: AccountRow[] = [];
  for (const line of lines) {
    const fields = line.split(`@${nonce}|`);
    const [id = '', name = '', state = '', exit = '', elapsed = '', cpu = '', memory = ''] = fields;
    if (fields.length !== 9) continue;
    const job = rows.at(-1);
    if (job !== undefined && id.startsWith(`${job.localId}.`)) {
      rows[rows.length - 1] = { ...job, usage: addMemory(job.usage, parseMemory(memory)) };
    } else if (/^[0-9]+$/.test(id)) {
      rows.push({
        localId: id,
        tag: name,
        phase: SLURM_STATES[state.split(' ')[0] ?? ''] ?? null,
        ...parseExit(exit),
        ...parseLimit(fields[7] ?? '', Number(fields[8])),
        usage: {
          elapsedSeconds: elapsed === '' ? null : Number(elapsed),
          cpuSeconds: parseDuration(cpu),
          maxMemoryBytes: parseMemory(memory),
        },
      });
    }
  }
  return rows;
}

function addMemory(usage: Usage, bytes: number | null): Usage {
  if (bytes === null) return usage;
  return { ...usage, maxMemoryBytes: Math.max(bytes, usage.maxMemoryBytes ?? 0) };
}

/** `1-02:03:04`   `02:03:04`   `03:04.250` */
function parseDuration(text: string): number | null {
  const [, days, hours, minutes, seconds] = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (seconds === undefined) return null;
  return (Number(days ?? 0) * 24 + Number(hours ?? 0)) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/**
 * `200M` is what the job asked for on all its nodes together; older versions say `200Mn` for one node. `200Mc` is for one
 * processor, `0` for all memory of a node: no limit that we know.
 */
function parseLimit(text: string, nodes: number): { readonly memoryLimitBytes?: number } {
  const bytes = parseMemory(text.replace(/n$/, ''));
  if (bytes === null || bytes === 0 || !(nodes >= 1)) return {};
  return { memoryLimitBytes: text.endsWith('n') ? bytes : Math.ceil(bytes / nodes) };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `5124K`   `1.50G` */
function parseMemory(text: string): number | null {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text) ?? [];
  return number === undefined ? null : Math.round(Number(number) * (UNITS[unit] ?? 1));
}
