import { type AttemptView, attemptCurl, attemptHead } from '@arras/contract';
import { cleanLines, cleanText, renderJson } from '../clean-text.ts';
import { quote } from '../curl.ts';
import { EXIT } from '../exit-codes.ts';
import { type OutputOptions, printResult } from '../print.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import { resolveSubscriptionId } from '../subscription-id.ts';
import { paint, type Terminal } from '../terminal.ts';

/** Options of one attempt. */
export interface OneAttemptOptions extends OutputOptions {
  /** The command that makes the attempt again, in place of the one that asks for it. */
  readonly curl?: boolean;
}

/** Shows one attempt in full, the newest where none is named: what was sent and what was answered. */
export async function showAttempt(call: Invocation<OneAttemptOptions>, typed: string, attemptId?: string) {
  const { session, options } = call;
  const attempt = await readAttempt(call, typed, attemptId);
  if (options.curl !== true) {
    const human = () => renderAttempt(session.terminal, attempt, session.clock(attempt.startTime));
    return printResult(session, options, { result: attempt, human });
  }
  const command = attemptCurl(attempt, quote);
  if (command === null) throw refuseCurl(attempt);
  session.out(`${session.terminal.isTty ? cleanLines(command) : command}\n`);
}

async function readAttempt(
  { client, lookup }: Invocation<OneAttemptOptions>,
  typed: string,
  attemptId: string | undefined,
): Promise<AttemptView> {
  const api = client();
  const id = await resolveSubscriptionId(lookup(), typed);
  if (attemptId !== undefined) return api.notifications.attempt(id, attemptId);
  const [newest] = await api.notifications.attempts(id, { status: 'all', limit: 1 });
  if (newest !== undefined) return newest;
  throw new Refusal({
    what: 'Nothing has been sent for this subscription yet.',
    why: 'No event has matched, and nobody has sent a test.',
    todo: `arras notifications test ${id}`,
    exitCode: EXIT.notFound,
  });
}

function refuseCurl({ request }: AttemptView): Refusal {
  return new Refusal({
    what: 'This attempt cannot be made again with curl.',
    why: request === null ? 'What it sent is not known, or nothing was sent.' : 'It was a mail.',
    todo: 'Leave out --curl to see what is known.',
  });
}

function renderAttempt(terminal: Terminal, attempt: AttemptView, time: string): string {
  const { event, number, outcome, errorClass, response, startTime, endTime, request } = attempt;
  const code = response.code === 0 ? '' : ` ${response.code}`;
  const why = errorClass === null ? '' : ` (${errorClass})`;
  const ms = Date.parse(endTime) - Date.parse(startTime);
  const title = (text: string) => `${paint(terminal, 'bold', text)}\n`;
  return [
    `${cleanText(event)}, attempt ${number}, ${time}: ${outcome}${code}${why} after ${ms} ms\n\n`,
    title('request'),
    cleanLines(`${attemptHead(attempt)}\n`),
    ...(request === null ? ['Nothing is known of what was sent, or nothing was.\n'] : renderRequest(request)),
    `\n${title('response')}`,
    ...renderLines(response.headers ?? []),
    ...(response.headers === null || response.body === null || response.body === ''
      ? [`${cleanLines(response.message)}\n`]
      : [`\n${renderBody(response.body)}\n`]),
    ...(response.truncated ? ['(there was more)\n'] : []),
  ].join('');
}

function renderRequest({ headers, body, mail }: NonNullable<AttemptView['request']>): readonly string[] {
  const text = mail === null ? renderBody(body ?? '') : cleanLines(mail.text).trimEnd();
  return [...renderLines(headers), `\n${text}\n`];
}

function renderLines(headers: NonNullable<AttemptView['response']['headers']>): readonly string[] {
  return headers.map(({ name, value }) => `${cleanText(name)}: ${cleanText(value)}\n`);
}

/** JSON over several lines; anything else as it is. */
function renderBody(body: string): string {
  try {
    return renderJson(JSON.parse(body));
  } catch {
    return cleanLines(body);
  }
}
