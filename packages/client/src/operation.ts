import type {
  BodyInputOf,
  HeadersOf,
  OperationId,
  ParamsOf,
  QueryInputOf,
  ResultOf,
  ROUTES,
} from '@arras/contract';

/** Which bytes a file has; every answer about the same bytes says the same. */
export interface FileVersion {
  readonly etag: string | null;
  /** As HTTP writes it, such as `Wed, 04 Mar 2026 10:15:30 GMT`. */
  readonly lastModified: string | null;
  /** Bytes of the whole file; null when the service did not say. */
  readonly size: number | null;
  /** Of the whole file, in hex; null where the service does not know it. */
  readonly sha256: string | null;
}

/** A file on its way: read `stream` once. */
export interface Download {
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes of this answer; null when the service did not say. */
  readonly length: number | null;
  readonly mediaType: string | null;
  /** Where in the file the answer begins; 0 unless a range was asked for and given. */
  readonly start: number;
  readonly version: FileVersion;
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

/** A file that is sent. */
export interface UploadContent {
  readonly name: string;
  /**
   * A `File` or `Blob` (in Node also from `fs.openAsBlob`), or what opens a stream of the bytes; it is opened again when
   * the request has to be repeated. Not every browser can send a stream.
   */
  readonly data: Blob | (() => ReadableStream<Uint8Array>);
}

/** Operations that take a file in the place of a body. */
type BodyPart<Id extends OperationId> = (typeof ROUTES)[Id] extends { readonly upload: true }
  ? { readonly body?: BodyInputOf<Id>; readonly content?: UploadContent }
  : Part<'body', BodyInputOf<Id>>;

/** What an operation is called with: only the parts that it has. */
export type CallOptions<Id extends OperationId> = Part<'params', Parameters_<Id>> &
  BodyPart<Id> &
  OptionalPart<'query', QueryInputOf<Id>> &
  OptionalPart<'headers', HeadersOf<Id>> & { readonly signal?: AbortSignal | undefined };

type Parameters_<Id extends OperationId> = ParamsOf<Id> extends undefined ? undefined : Texts<ParamsOf<Id>>;

/** Calls an operation by its id. */
export type Call = <Id extends OperationId>(
  operationId: Id,
  options: CallOptions<Id>,
) => Promise<CallResult<Id>>;
