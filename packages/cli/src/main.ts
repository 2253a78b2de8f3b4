#!/usr/bin/env node
import * as module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// What is loaded below does not even parse on an older one, and this is no time for a stack trace.
const NODE = 24;
if (Number.parseInt(process.versions.node, 10) < NODE) {
  process.stderr.write(
    `error: Arras needs Node.js ${NODE} or later.\n  why: This is Node.js ${process.versions.node} (${process.execPath}).\n` +
      `  try: Install a later one (https://nodejs.org), or one beside Arras: npm install node-linux-${process.arch}@${NODE}, and npx arras.\n`,
  );
  process.exit(1);
}

// The runtime warns where variables for colours contradict each other, and takes an empty FORCE_COLOR for a full one.
// What they mean is decided in terminal.ts: NO_COLOR wins, empty is not set.
if (process.env['FORCE_COLOR'] === '' || process.env['NO_COLOR']) delete process.env['FORCE_COLOR'];
if (process.env['FORCE_COLOR']) delete process.env['NODE_DISABLE_COLORS'];

// Saves half of the time to the first line of help: types are stripped and code is compiled once.
// In a place of our own: what lies in the common temporary directory, others could have put there.
module.enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'arras'));

// A reader that has seen enough (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const { runProgram } = await import('./program.ts');
process.exitCode = await runProgram(process.argv);
