import { JobFault } from '../domain/failure.ts';
import type { Launch, LaunchResources } from './scheduler.ts';

/** How a scheduler's custom directives are written, and which of them would take the job out of our hands. */
export interface DirectiveDialect {
  /** Such as `#SBATCH`. */
  readonly prefix: string;
  /** Matches a directive, without prefix, that cannot be allowed. */
  readonly refused: RegExp;
}

/**
 * The lines of a queue's custom directives, each with its prefix. They are written by the owner of the system, with
 * or without the prefix, one a line; comments are left out. Macros of the job's resources are replaced by their
 * numbers. Throws {@link JobFault} for one that cannot be used.
 */
export function customDirectives(resources: LaunchResources, dialect: DirectiveDialect): readonly string[] {
  const lines = (resources.customDirectives ?? '').split('\n').map((line) => line.trim());
  return lines.flatMap((line) => {
    const directive = withoutPrefix(line, dialect.prefix);
    return directive === null ? [] : [`${dialect.prefix} ${check(fillIn(directive, resources), dialect)}`];
  });
}

function withoutPrefix(line: string, prefix: string): string | null {
  const text = line.startsWith(prefix) ? line.slice(prefix.length).trim() : line;
  // `##SBATCH` is how a directive is switched off.
  return text === '' || (text === line && text.startsWith('#')) ? null : text;
}

function check(directive: string, { refused }: DirectiveDialect): string {
  const shown = JSON.stringify(directive.slice(0, 200));
  if (CONTROL.test(directive)) throw new JobFault(`expected one custom directive a line, got ${shown}`);
  if (!directive.startsWith('-'))
    throw new JobFault(`expected a custom directive like "-A project", got ${shown}`);
  if (refused.test(directive)) throw new JobFault(`the custom directive ${shown} cannot be used here`);
  return directive;
}

/** Line breaks cannot be here any more; a NUL or an escape would end or hide what follows. */
const CONTROL = /\p{Cc}/u;

/** A directive that names the memory needs a number of it; the original's default of apps (spec: systems-apps-files 2). */
const UNASKED_MEMORY_GB = 1;

/** Only numbers and the queue's own name: nothing that a user typed becomes a directive. */
function fillIn(directive: string, resources: LaunchResources): string {
  const macros: Readonly<Record<string, string | number | null>> = {
    AGAVE_JOB_NODE_COUNT: resources.nodeCount,
    AGAVE_JOB_PROCESSORS_PER_NODE: resources.processorsPerNode,
    AGAVE_JOB_MEMORY_PER_NODE: resources.memoryPerNodeGb ?? UNASKED_MEMORY_GB,
    AGAVE_JOB_MAX_RUNTIME: resources.maxRunTimeSeconds === null ? null : clock(resources.maxRunTimeSeconds),
    AGAVE_JOB_MAX_RUNTIME_SECONDS: resources.maxRunTimeSeconds,
    AGAVE_JOB_BATCH_QUEUE_EFFECTIVE_NAME: resources.queue,
  };
  return directive.replace(/\$\{([A-Z_]+)\}/g, (_macro, name: string) => {
    const value = macros[name];
    if (value === undefined || value === null) {
      throw new JobFault(`the custom directives name \${${name}}, which has no value there`);
    }
    return String(value);
  });
}

/** Seconds as `hh:mm:ss`, hours beyond 99 included. */
export function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

type DirectivesOf = (launch: Launch) => readonly string[];

/** Directives from the typed fields, then the custom ones of queue and system. */
export function typedThenCustom(typed: DirectivesOf, custom: DirectivesOf): DirectivesOf {
  return (launch) => [...typed(launch), ...custom(launch)];
}

/** The custom directives alone decide; without any, those from the typed fields (spec: systems-apps-files 4.2). */
export function customElseTyped(typed: DirectivesOf, custom: DirectivesOf): DirectivesOf {
  return (launch) => {
    const own = custom(launch);
    return own.length > 0 ? own : typed(launch);
  };
}
