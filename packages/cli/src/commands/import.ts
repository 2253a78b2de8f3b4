import { ApiFailure, type Client } from '@arras/client';
import { type AppRequestBody, isRecord, renderProblem, type SystemRequestBody } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readJson } from '../read-document.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';

type Description = Readonly<Record<string, unknown>>;

/** Descriptions as another service exported them, in the order in which they have to be registered. */
interface Exported {
  readonly systems: readonly Description[];
  readonly apps: readonly Description[];
}

/**
 * Registers the systems and apps of files: single descriptions, lists of them, and whole answers of another service.
 * One that is refused does not keep the others out.
 */
export async function importDescriptions(
  { session, client }: Invocation<unknown>,
  files: readonly string[],
): Promise<ExitCode> {
  const found = await Promise.all(files.map(readExported));
  const systems = found.flatMap((exported) => exported.systems);
  const apps = found.flatMap((exported) => exported.apps);
  const api = client();
  let refused = 0;
  // Apps name the systems on which they run.
  for (const [kind, descriptions] of [
    ['system', systems],
    ['app', apps],
  ] as const)
    for (const description of descriptions) {
      const outcome = await register(api, kind, description);
      if (outcome.ok) session.out(`${outcome.id}\n`);
      else session.warn(`${kind} ${nameOf(description)} was refused: ${outcome.why}\n`);
      if (!outcome.ok) refused += 1;
    }
  session.say(`Registered ${systems.length + apps.length - refused}, refused ${refused}.\n`);
  return refused === 0 ? EXIT.ok : EXIT.error;
}

type Outcome = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly why: string };

async function register(api: Client, kind: 'system' | 'app', description: Description): Promise<Outcome> {
  try {
    // The service checks descriptions and names every problem at once.
    const { id } =
      kind === 'system'
        ? await api.systems.create(description as SystemRequestBody)
        : await api.apps.create(description as AppRequestBody);
    return { ok: true, id };
  } catch (error) {
    // What says that nobody is signed in, or that the service is away, is true of all that follow.
    if (!(error instanceof ApiFailure) || error.status === 401 || error.status >= 500) throw error;
    const problems = error.problems.map((problem) => `\n  ${cleanText(renderProblem(problem))}`);
    return { ok: false, why: `${cleanText(error.message)}${problems.join('')}` };
  }
}

async function readExported(file: string): Promise<Exported> {
  const document = await readJson(file);
  const answer = isRecord(document) && 'result' in document ? document.result : document;
  const descriptions = Array.isArray(answer) ? answer : [answer];
  const systems: Description[] = [];
  const apps: Description[] = [];
  for (const [index, description] of descriptions.entries())
    if (isRecord(description) && 'executionSystem' in description) apps.push(description);
    else if (isRecord(description) && 'storage' in description) systems.push(description);
    else throw notADescription(file, index);
  return { systems, apps };
}

function notADescription(file: string, index: number): Refusal {
  return new Refusal({
    what: `Entry ${index + 1} of ${file} describes neither a system nor an app.`,
    why: 'Expected an object with the field storage, or with the field executionSystem.',
    todo: 'Export whole descriptions: lists have only a part of each.',
  });
}

function nameOf({ id, name }: Description): string {
  return cleanText([id, name].find((word) => typeof word === 'string') ?? 'without an id');
}
