import type { Shape } from './shape.ts';

/**
 * How a client sends, as recorded: `direct` is the command line's own HTTP client, `swagger` is AgavePy; `password`
 * and `consumer` are AgavePy with the user's password or the keys of a client, `anonymous` is AgavePy without either.
 */
export type Sender = 'direct' | 'swagger' | 'password' | 'consumer' | 'anonymous';

/** A file as the clients upload it. */
export interface RecordedUpload {
  readonly fileName: string;
  readonly content: string;
}

/** One request as the client sends it, and what the client needs back. */
export interface RecordedRequest {
  readonly by: Sender;
  /** Method and target, byte for byte but for names in braces, which stand for ids of the test. */
  readonly send: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly upload?: RecordedUpload;
  /** A JSON media type and no body. */
  readonly empty?: true;
  /** Default: the user of the bed. */
  readonly as?: 'administrator';
  /** Default: any 2xx. */
  readonly status?: number;
  /** The whole body. Default: an envelope with a version. */
  readonly needs?: Shape;
  /** Exactly these bytes come back, without an envelope. */
  readonly text?: string;
  /** Values of the answer by the name under which later requests of the row use them: `{ id: 'result.id' }`. */
  readonly keep?: Readonly<Record<string, string>>;
}

/** One command of a client, or one call of its library. */
export interface Row {
  readonly client: 'Tapis CLI' | 'AgavePy';
  readonly command: string;
  readonly requests: readonly RecordedRequest[];
  /** What differs from the original, for the reference. */
  readonly note?: string;
}

/** The rows about one kind of resource. */
export interface RowGroup {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** An envelope around a result of a shape. Existing clients choose their models by the version. */
export function result(shape: Shape): Shape {
  return { status: '=success', version: 'string', result: shape };
}

/** An envelope without a result. */
export const NO_RESULT: Shape = {
  status: '=success',
  message: 'string|null',
  version: 'string',
  result: 'absent',
};
