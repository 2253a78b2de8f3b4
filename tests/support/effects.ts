import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { HistoryEntry, JobStatus } from '../../packages/contract/src/index.ts';
import { canMove, isTerminal } from '../../packages/server/src/domain/lifecycle.ts';
import { type Api, type LocalSystems, registerApp } from './api.ts';

/** One line of the effects log: what a program did, and when by the host's clock in milliseconds. */
export interface Effect {
  readonly what: string;
  readonly at: number;
}

/**
 * Registers an app whose programs append a line at their start and at their end, each with one write: the first of
 * the two witnesses of the fault tests. Its own standard output begins with its pid and its wrapper's.
 */
export function registerEffectsApp(
  api: Api,
  systems: LocalSystems,
  app: { readonly name: string; readonly body: string } & Readonly<Record<string, unknown>>,
): Promise<string> {
  const { name, body, ...more } = app;
  const log = effectsFile(systems.root);
  const line = (what: string) => `printf '${what} %s %s\\n' "\${AGAVE_JOB_ID}" "$EPOCHREALTIME" >> '${log}'`;
  const template = `${line('start')}\nprintf '%s %s\\n' "$$" "$PPID"\n${body}\n${line('end')}\n`;
  return registerApp(api, systems, { name, template, ...more });
}

function effectsFile(root: string): string {
  return join(root, 'effects.log');
}

/** The effects of every job, in their order. */
export function readEffects(root: string): ReadonlyMap<string, readonly Effect[]> {
  const effects = new Map<string, Effect[]>();
  for (const line of readLog(root).split('\n').filter(Boolean)) {
    const [what = '', jobId = '', seconds = ''] = line.split(' ');
    effects.set(jobId, [...(effects.get(jobId) ?? []), { what, at: Number(seconds) * 1000 }]);
  }
  return effects;
}

function readLog(root: string): string {
  try {
    return readFileSync(effectsFile(root), 'utf8');
  } catch {
    return ''; // No program has started yet.
  }
}

/** What one job's programs did: `['start', 'end']` for one that ran through. */
export function effectsOf(root: string, jobId: string): readonly string[] {
  return (readEffects(root).get(jobId) ?? []).map(({ what }) => what);
}

/** The second witness: events without a gap, legal moves only, and one terminal status at the end. */
export async function checkEvents(pool: pg.Pool, jobId: string): Promise<void> {
  const { rows } = await pool.query<{ seq: string; status: JobStatus; name: string }>(
    'select seq, status, name from job_events where job_id = $1 order by seq',
    [jobId],
  );
  assert.deepEqual(
    rows.map(({ seq }) => Number(seq)),
    rows.map((_, index) => index + 1),
    `the events of ${jobId} have gaps`,
  );
  checkMoves(rows.filter(({ name }) => name !== 'DELETED').map(({ status }) => status));
}

/** As {@link checkEvents}, from what users see. */
export function checkHistory(history: readonly HistoryEntry[]): void {
  checkMoves(history.map(({ status }) => status as JobStatus));
}

function checkMoves(statuses: readonly JobStatus[]): void {
  for (const [index, to] of statuses.entries()) {
    const from = statuses[index - 1];
    assert.ok(from === undefined || canMove(from, to), `${from} to ${to} in ${statuses.join(' ')}`);
  }
  const last = statuses.at(-1);
  assert.ok(last !== undefined && isTerminal(last), `no end: ${statuses.join(' ')}`);
  assert.equal(statuses.filter(isTerminal).length, 1, statuses.join(' '));
}
