import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Shell, type ShellResult, ShellUnreachable } from '../execution/shell.ts';
import { SshUnavailable } from '../ssh/ssh-host.ts';
import { type Storage, StorageError } from '../storage/storage.ts';
import { observeShell, observeStorage, type PartObserver } from './watched-adapters.ts';

const FINE: ShellResult = { exitCode: 0, stdout: '', stderr: '', timedOut: false, truncated: false };

/** An observer and what it was told. */
function createObserver(): PartObserver & { readonly told: readonly string[] } {
  const told: string[] = [];
  return {
    told,
    worked: () => void told.push('worked'),
    failed: (reason) => void told.push(reason),
  };
}

function shellThat(run: () => Promise<ShellResult>): Shell {
  return { run, close: async () => undefined } as unknown as Shell;
}

function storageThat(find: () => Promise<null>): Storage {
  const nothing = async () => undefined;
  return {
    find,
    list: nothing,
    open: nothing,
    makeDirectory: nothing,
    remove: nothing,
    move: nothing,
    close: nothing,
  } as unknown as Storage;
}

const COMMAND = { script: ':' };
const LIMITS = { timeoutMs: 1_000 };

test('a host that cannot be asked has failed, one that answers works, and one that had too little time did neither', async () => {
  const observer = createObserver();
  const cut = observeShell(
    shellThat(async () => Promise.reject(new ShellUnreachable('refused'))),
    observer,
  );
  await assert.rejects(cut.run(COMMAND, LIMITS));
  await observeShell(
    shellThat(async () => FINE),
    observer,
  ).run(COMMAND, LIMITS);
  await observeShell(
    shellThat(async () => ({ ...FINE, timedOut: true })),
    observer,
  ).run(COMMAND, LIMITS);
  assert.deepEqual(observer.told, ['refused', 'worked']);
});

test('what users ask for in vain is an answer of the system', async () => {
  for (const code of ['not-found', 'forbidden', 'not-a-directory', 'no-space'] as const) {
    const observer = createObserver();
    const storage = observeStorage(
      storageThat(async () => Promise.reject(new StorageError(code, '/secret/path'))),
      observer,
    );
    await assert.rejects(storage.find('/secret/path'));
    assert.deepEqual(observer.told, ['worked'], code);
  }
});

test('the reason of a failure does not name what was asked for', async () => {
  const observer = createObserver();
  const storage = observeStorage(
    storageThat(async () => Promise.reject(new StorageError('unreachable', '/secret/path: no answer'))),
    observer,
  );
  await assert.rejects(storage.find('/secret/path'));
  assert.deepEqual(observer.told, ['The server of the files does not answer.']);
});

test('what our own closing cuts off says nothing about the system', async () => {
  const observer = createObserver();
  const cause = new SshUnavailable('connect', 'the connections to the host were closed');
  const [command, look] = [Promise.withResolvers<ShellResult>(), Promise.withResolvers<null>()];
  const shell = observeShell(
    shellThat(() => command.promise),
    observer,
  );
  const storage = observeStorage(
    storageThat(() => look.promise),
    observer,
  );
  const uses = [shell.run(COMMAND, LIMITS), storage.find('/')];
  await Promise.all([shell.close(), storage.close()]);
  command.reject(new ShellUnreachable(cause.message, { cause }));
  look.reject(new StorageError('unreachable', `/: ${cause.message}`, { cause }));
  for (const use of uses) await assert.rejects(use);
  assert.deepEqual(observer.told, []);
});
