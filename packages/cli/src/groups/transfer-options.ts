import { type Command, InvalidArgumentError } from 'commander';

/** Files at the same time; more would crowd out others who use the service. */
export const DEFAULT_PARALLEL = 4;
const MOST_PARALLEL = 64;

/** What a path of others may hold, for the help. */
export const PATTERNS = "patterns such as '*.bam' and '**/*.log' in quotation marks";

/** Adds the options of everything that moves files. */
export function withTransfer(command: Command): Command {
  return command
    .option('--parallel <n>', 'so many files at once', parseParallel, DEFAULT_PARALLEL)
    .option('--checksum', 'the SHA-256 before each path, as sha256sum writes and checks them')
    .option('--json', 'each file as one line of JSON')
    .option('--patience <time>', 'how long the service may be away (default: 10m)');
}

/** Adds the options of everything that brings files here. */
export function withDownload(command: Command): Command {
  return withTransfer(
    command
      .option('-o, --output <directory>', 'where to write', '.')
      .option('--force', 'replace files here that differ')
      .option('--zip', 'each directory as a zip archive'),
  );
}

function parseParallel(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_PARALLEL) return count;
  throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_PARALLEL}.`);
}
