import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Refusal } from './refusal.ts';

/** A question to the person at the terminal. */
export interface Question {
  /** Without the colon at its end. */
  readonly text: string;
  /** What an empty line means. */
  readonly usual?: string;
  /** What is typed is not shown. */
  readonly isSecret?: boolean;
}

/** Asks on the terminal. Standard output stays for data. @throws Refusal where nobody can be asked. */
export async function ask({ text, usual, isSecret = false }: Question): Promise<string> {
  if (!process.stdin.isTTY)
    throw new Refusal({
      what: `There is no terminal on which to ask for the ${text.toLowerCase()}.`,
      why: 'The standard input is a pipe or a file.',
      todo: 'Give it on the command line; secrets with --password-stdin or --token-stdin.',
    });
  process.stderr.write(usual === undefined ? `${text}: ` : `${text} [${usual}]: `);
  const lines = createInterface({
    input: process.stdin,
    output: isSecret ? silent() : process.stderr,
    terminal: true,
  });
  try {
    const answer = await lines.question('');
    if (isSecret) process.stderr.write('\n');
    return answer === '' ? (usual ?? '') : answer;
  } finally {
    lines.close();
  }
}

/** The line editor echoes what is typed; here nobody hears it. */
function silent(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
