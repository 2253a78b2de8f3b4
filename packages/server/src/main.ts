import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { type Service, startService } from './compose.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { countBuffersAsHeap } from './count-buffers-as-heap.ts';

/** Milliseconds a clean stop may take; then the process ends anyway, which is as safe as a kill (R10). */
const STOP_DEADLINE_MS = 25_000;

/** Exit code for settings that cannot be used (sysexits.h, EX_CONFIG). */
const EXIT_CONFIG = 78;

async function main(): Promise<void> {
  countBuffersAsHeap();
  const config = readSettings();
  if (!config) return;
  const log = pino({ level: config.ARRAS_LOG_LEVEL }, pino.destination({ dest: 2, sync: true }));
  endOnBugs(log);
  await mkdir(config.ARRAS_DATA_DIR, { recursive: true, mode: 0o700 });
  const service = await startService(config, log);
  stopOnSignals(service, log);
  await leaveCredentials(config, service);
  process.stdout.write(service.url === null ? 'working\n' : `listening on ${service.url}\n`);
}

function readSettings(): Config | null {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`Arras cannot start with these settings:\n${error.message}\n`);
    process.exitCode = EXIT_CONFIG;
    return null;
  }
}

/**
 * Lets the command line on this host find the service and speak for the administrator: whoever can read the
 * data directory owns the service anyway. The token is kept because only its hash is in the database.
 */
async function leaveCredentials(config: Config, { url, newAdminToken }: Service): Promise<void> {
  if (newAdminToken !== null) {
    await writeSecret(join(config.ARRAS_DATA_DIR, 'admin-token'), `${newAdminToken}\n`);
  }
  if (url === null) return;
  const token = config.ARRAS_ADMIN_TOKEN ?? newAdminToken ?? (await readKeptToken(config));
  await writeSecret(join(config.ARRAS_DATA_DIR, 'cli.json'), `${JSON.stringify({ url, token })}\n`);
}

async function readKeptToken(config: Config): Promise<string | null> {
  const { readFile } = await import('node:fs/promises');
  const kept = await readFile(join(config.ARRAS_DATA_DIR, 'admin-token'), 'utf8').catch(() => null);
  return kept?.trim() ?? null;
}

async function writeSecret(path: string, content: string): Promise<void> {
  await writeFile(path, content, { mode: 0o600 });
  // The mode counts only for new files.
  await chmod(path, 0o600);
}

/** The first signal stops cleanly, the second at once. */
function stopOnSignals(service: Service, log: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'service.stopping');
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'service.stop');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** A process in an unknown state ends; the next one finds everything in the tables. */
function endOnBugs(log: Logger): void {
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'service.bug');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

await main().catch((error: unknown) => {
  process.stderr.write(`Arras cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
