import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { isRecord } from '@arras/contract';
import { Refusal } from './refusal.ts';

/** Reads the JSON object of a file, or of the standard input for `-`. */
export async function readDocument(path: string): Promise<Record<string, unknown>> {
  const document = await readJson(path);
  if (isRecord(document)) return { ...document };
  throw new Refusal({
    what: `There is no JSON object in ${sourceOf(path)}.`,
    why: `Expected {…}, got ${Array.isArray(document) ? 'a list' : typeof document}.`,
    todo: 'See examples/ for documents to start from.',
  });
}

/** Reads the JSON of a file, or of the standard input for `-`. @throws Refusal for what cannot be read. */
export async function readJson(path: string): Promise<unknown> {
  const source = sourceOf(path);
  return parse(await readText(path, source), source);
}

function sourceOf(path: string): string {
  return path === '-' ? 'the standard input' : path;
}

async function readText(path: string, source: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal({ what: `Cannot read ${source}.`, why, todo: 'Check the path after -F.' });
  }
}

function parse(content: string, source: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal({
      what: `The JSON in ${source} cannot be read.`,
      why,
      todo: 'Correct the place named above.',
    });
  }
}
