import { type Exchange, renderHead } from '../channels/exchange.ts';
import type { DeliveryAttemptRow } from '../database/tables.ts';

/** What an attempt's row keeps of what went out and came back. */
export type ExchangeColumns = Pick<
  DeliveryAttemptRow,
  'error_class' | 'request_head' | 'response_head' | 'response_body' | 'response_cut'
>;

/** The columns of an exchange. Where the address must not be reached, nothing was sent. */
export function exchangeColumns({ sent, answer, error }: Exchange): ExchangeColumns {
  return {
    error_class: error,
    request_head: sent.length === 0 || error === 'blocked' ? null : renderHead(sent),
    response_head: answer === null ? null : renderHead(answer.head),
    response_body: answer?.body ?? null,
    response_cut: answer?.isCut ?? false,
  };
}
