import type { AttemptError } from '@arras/contract';
import type { NodemailerError } from 'nodemailer';
import { cleanAnswer } from './answer-text.ts';
import type { AttemptResult } from './channel.ts';
import type { Exchange } from './exchange.ts';

/** The original knows two codes of a mail: 200 for sent, 500 for not (spec: notifications 10). */
export const MAIL_SENT = 200;
const MAIL_FAILED = 500;

/** Stages at which an answer is about this message; at all others it is about the server or our account on it. */
const MESSAGE_STAGES: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

/** 5xx that ask for TLS or a login (RFC 3207, RFC 4954): the operator can mend that, so the mail is kept. */
const OPERATORS_TROUBLE: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** What we say for nodemailer's codes when the server said nothing itself. */
const SENTENCES: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'the mail server did not answer in time',
  EDNS: 'the name of the mail server could not be looked up',
  ETLS: 'TLS with the mail server could not be agreed on',
  EAUTH: 'the mail server did not accept the login',
  ESOCKET: 'the connection to the mail server failed',
  ECONNECTION: 'the mail server cut the connection',
};

/** What kind of trouble nodemailer's codes stand for. */
const ERRORS: Readonly<Record<string, AttemptError>> = {
  ETIMEDOUT: 'timeout',
  EDNS: 'dns',
  ETLS: 'tls',
  ESOCKET: 'connect',
  ECONNECTION: 'cut-off',
};

/** A mail that nobody answered about. */
export function mailUnreachable(message: string, error: AttemptError, exchange: Exchange): AttemptResult {
  exchange.error = error;
  return { outcome: 'unreachable', code: MAIL_FAILED, message };
}

/** A mail that will not be taken whenever it is sent. */
export function mailRefusedForEver(message: string): AttemptResult {
  return { outcome: 'refused', code: MAIL_FAILED, message, retryAfterMs: null, permanent: 'never' };
}

/**
 * Turns nodemailer's error into a result. 5xx about the message is final, 4xx is not (RFC 5321 4.2.1). A connection
 * cut after DATA leaves open whether the mail was taken: it is sent again under the same Message-ID.
 */
export function describeMailFailure(error: unknown, exchange: Exchange): AttemptResult {
  const { code, responseCode, response } = readError(error);
  if (response === '' || responseCode === 0) {
    return mailUnreachable(
      SENTENCES[code] ?? 'the mail could not be handed over',
      ERRORS[code] ?? 'cut-off',
      exchange,
    );
  }
  exchange.error = 'smtp';
  const said = cleanAnswer(response);
  if (!MESSAGE_STAGES.has(code)) return mailUnreachable(said, 'smtp', exchange);
  if (responseCode >= 500 && !OPERATORS_TROUBLE.has(responseCode)) return mailRefusedForEver(said);
  return { outcome: 'refused', code: MAIL_FAILED, message: said, retryAfterMs: null, permanent: null };
}

function readError(error: unknown): { code: string; responseCode: number; response: string } {
  const { code, responseCode, response } = error as NodemailerError;
  return {
    code: typeof code === 'string' ? code : '',
    responseCode: typeof responseCode === 'number' ? responseCode : 0,
    response: typeof response === 'string' ? response : '',
  };
}
