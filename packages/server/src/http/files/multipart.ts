import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { ApiError, UPLOAD_FIELD } from '@arras/contract';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';

/** The fields of a form that have come so far. */
export type FormFields = ReadonlyMap<string, string>;

/** The content of a file as it comes, and how much of it has come. */
export type FormFile = Readable & { readonly bytesRead: number };

/** How to read an upload. */
export interface MultipartReading {
  /** Bytes of content at most; null for any number. */
  readonly maxBytes: number | null;
  /** Default: 20. */
  readonly maxFields?: number;
  /**
   * Takes the content to its end, and is called at most once. The stream fails when the caller goes away, and when the
   * content is too large.
   */
  readonly onFile: (name: string | undefined, content: FormFile, fields: FormFields) => Promise<void>;
}

/** A form of ours has two fields and one file; existing clients send a few more that are ignored. */
const LIMITS = {
  fields: 20,
  fieldSize: 8 * 1024,
  files: 1,
  headerPairs: 32,
  headerSize: 8 * 1024,
};

/** Parts of a form beside its fields: the file, and some that are ignored. */
const OTHER_PARTS = 4;

/** Bytes of a form beside the content of its file: headers, fields, boundaries, and what is in buffers meanwhile. */
const MAX_OVERHEAD_BYTES = 1024 * 1024;

/**
 * Reads a multipart/form-data body (RFC 7578) as it comes, no faster than its file is taken. Returns the fields. Throws
 * ApiError for a form that cannot be understood, and what `onFile` rejects with; the rest of the body is then unread.
 */
export async function readMultipart(
  request: IncomingMessage,
  reading: MultipartReading,
): Promise<FormFields> {
  const form = new Form(request.headers, reading);
  try {
    // The connection is still needed for the answer, whatever becomes of the body.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) await form.take(chunk as Buffer);
    return await form.end();
  } catch (error) {
    form.abandon(error);
    // Whoever takes the content cleans up first: what is answered is then true.
    await form.settled();
    throw error;
  }
}

class Form {
  readonly #parser: BusboyInstance;
  readonly #reading: MultipartReading;
  readonly #maxFields: number;
  readonly #fields = new Map<string, string>();
  readonly #failed = Promise.withResolvers<never>();
  readonly #finished: Promise<unknown>;
  #content: BusboyFileStream | null = null;
  #takenBytes = 0;
  #stored: Promise<void> = Promise.resolve();

  constructor(headers: IncomingHttpHeaders, reading: MultipartReading) {
    this.#reading = reading;
    this.#failed.promise.catch(() => undefined);
    this.#maxFields = reading.maxFields ?? LIMITS.fields;
    this.#parser = makeParser(headers, reading.maxBytes, this.#maxFields);
    this.#finished = once(this.#parser, 'finish');
    this.#finished.catch(() => undefined);
    this.#parser
      .on('field', (name, value, _nameCut, valueCut) => this.#takeField(name, value, valueCut))
      .on('file', (name, content, fileName) => this.#takeFile(name, content, fileName))
      .on('filesLimit', () => this.#fail(malformed('it has more than one file')))
      .on('fieldsLimit', () => this.#fail(malformed(`it has more than ${this.#maxFields} fields`)))
      .on('partsLimit', () =>
        this.#fail(malformed(`it has more than ${this.#maxFields + OTHER_PARTS} parts`)),
      )
      .on('error', (error) => this.#fail(malformed(messageOf(error))));
  }

  async take(chunk: Buffer): Promise<void> {
    this.#takenBytes += chunk.length;
    if (this.#takenBytes - (this.#content?.bytesRead ?? 0) > MAX_OVERHEAD_BYTES) {
      throw malformed('its headers and fields are too large');
    }
    const drained = this.#parser.write(chunk) ? null : once(this.#parser, 'drain');
    // In this order: what has failed already counts first.
    await Promise.race([this.#failed.promise, drained]);
  }

  async end(): Promise<FormFields> {
    this.#parser.end();
    await Promise.race([this.#failed.promise, this.#finished]);
    await this.#stored;
    return this.#fields;
  }

  abandon(reason: unknown): void {
    this.#content?.destroy(reason instanceof Error ? reason : new Error('the upload was given up'));
  }

  async settled(): Promise<void> {
    await this.#stored.catch(() => undefined);
  }

  #fail(error: unknown): void {
    this.#failed.reject(error);
  }

  #takeField(name: string, value: string, isCut: boolean): void {
    if (isCut)
      this.#fail(malformed(`its field ${JSON.stringify(name)} is longer than ${LIMITS.fieldSize} bytes`));
    else if (name === UPLOAD_FIELD) this.#fail(malformed(`its part ${UPLOAD_FIELD} has no file name`));
    else this.#fields.set(name, value);
  }

  #takeFile(part: string | undefined, content: BusboyFileStream, fileName: string | undefined): void {
    this.#content = content;
    content.on('error', (error) => {
      // Whoever has destroyed it says why: here, or by the rejection of `onFile`. The parser does not destroy it.
      if (!content.destroyed) this.#fail(malformed(messageOf(error)));
    });
    if (part !== UPLOAD_FIELD) {
      this.#fail(
        malformed(`expected the file in the part ${UPLOAD_FIELD}, got it in ${JSON.stringify(part)}`),
      );
      return;
    }
    content.once('limit', () => {
      const tooLarge = new ApiError('request.too-large', {
        message: `The file is larger than ${this.#reading.maxBytes} bytes, the most this service takes.`,
      });
      content.destroy(tooLarge);
      this.#fail(tooLarge);
    });
    this.#stored = this.#reading.onFile(fileName, content, this.#fields);
    this.#stored.catch((error: unknown) => this.#fail(error));
  }
}

/** The parser of the framework's own plugin, without the hooks that it puts before every request of the service. */
function makeParser(headers: IncomingHttpHeaders, maxBytes: number | null, fields: number): BusboyInstance {
  try {
    return new Busboy({
      // Only multipart bodies come here.
      headers: headers as BusboyHeaders,
      limits: {
        ...LIMITS,
        fields,
        parts: fields + OTHER_PARTS,
        ...(maxBytes !== null && { fileSize: maxBytes }),
      },
      isPartAFile: (_name, _type, fileName) => fileName !== undefined,
    });
  } catch (cause) {
    throw malformed(messageOf(cause));
  }
}

function malformed(reason: string): ApiError {
  return new ApiError('request.malformed', { message: `The form cannot be read: ${reason}.` });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
