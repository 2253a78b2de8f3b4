import type { GrantError } from '@arras/contract';
import { answer, type ResultReply } from './reply.ts';

/** No tokens are granted; said in the form of OAuth (RFC 6749 section 5.2). */
export class GrantRefusal extends Error {
  override readonly name = 'GrantRefusal';
  readonly code: GrantError['error'];
  readonly status: number;

  /** `status`: by default 401 where the client is unknown, else 400. */
  constructor(code: GrantError['error'], message: string, status = code === 'invalid_client' ? 401 : 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Answers with what `grant` gives, or with its refusal. */
export async function answerGrant<Granted>(
  grant: () => Promise<Granted>,
): Promise<ResultReply<Granted | GrantError>> {
  try {
    return answer(await grant());
  } catch (error) {
    if (!(error instanceof GrantRefusal)) throw error;
    const refusal: GrantError = { error: error.code, error_description: error.message };
    return answer(refusal, { status: error.status, headers: headersOf(error) });
  }
}

function headersOf({ code, status }: GrantRefusal): Record<string, string> {
  if (code === 'invalid_client') return { 'www-authenticate': 'Basic realm="arras"' };
  return status === 429 ? { 'retry-after': '10' } : {};
}
