import type { BodyInputOf, HeadersOf, OperationId, ParamsOf, QueryInputOf, ResultOf } from '@arras/contract';

/** A file on its way: read `stream` once. */
export interface Download {
  readonly stream: ReadableStream<Uint8Array>;
  /** In bytes; null when the service did not say. */
  readonly length: number | null;
  readonly mediaType: string | null;
}

/** What an operation gives: its result without the envelope, or the bytes as a stream. */
export type CallResult<Id extends OperationId> = ResultOf<Id> extends Uint8Array ? Download : ResultOf<Id>;

type Texts<Value> = {
  readonly [Key in keyof Value]: string | (undefined extends Value[Key] ? undefined : never);
};

type Part<Key extends string, Value> = [Value] extends [undefined] ? unknown : { readonly [_ in Key]: Value };

type OptionalPart<Key extends string, Value> = [Value] extends [undefined]
  ? unknown
  : { readonly [_ in Key]?: Value };

/** What an operation is called with: only the parts that it has. */
export type CallOptions<Id extends OperationId> = Part<'params', Parameters_<Id>> &
  Part<'body', BodyInputOf<Id>> &
  OptionalPart<'query', QueryInputOf<Id>> &
  OptionalPart<'headers', HeadersOf<Id>> & { readonly signal?: AbortSignal | undefined };

type Parameters_<Id extends OperationId> = ParamsOf<Id> extends undefined ? undefined : Texts<ParamsOf<Id>>;

/** Calls an operation by its id. */
export type Call = <Id extends OperationId>(
  operationId: Id,
  options: CallOptions<Id>,
) => Promise<CallResult<Id>>;
