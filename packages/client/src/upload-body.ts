import { UPLOAD_FIELD } from '@arras/contract';
import type { UploadContent } from './operation.ts';

/** What a request with a file consists of, as `fetch` takes it. */
export interface UploadBody {
  readonly body: FormData | ReadableStream<Uint8Array>;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is sent while the answer may come already (Fetch standard, `RequestDuplex`). */
  readonly duplex?: 'half';
}

/** The body of an upload (RFC 7578). `onBytes` is called whenever a piece of a stream is taken. */
export function renderUpload({ name, data }: UploadContent, onBytes: () => void): UploadBody {
  if (data instanceof Blob) {
    const form = new FormData();
    form.append('fileName', name);
    if (data instanceof File) form.append(UPLOAD_FIELD, data);
    else form.append(UPLOAD_FIELD, data, name);
    return { body: form, headers: {} };
  }
  const boundary = `arras-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  const head = [
    `--${boundary}`,
    // The name as it is: in the header of a part some characters have no form that all servers read alike.
    'content-disposition: form-data; name="fileName"',
    '',
    name,
    `--${boundary}`,
    `content-disposition: form-data; name="${UPLOAD_FIELD}"; filename="${escapeName(name)}"`,
    'content-type: application/octet-stream',
    '',
    '',
  ].join('\r\n');
  const body = surround(data(), { head, tail: `\r\n--${boundary}--\r\n`, onBytes });
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, duplex: 'half' };
}

/** As browsers write names (HTML standard, "multipart form data"). */
function escapeName(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

interface Frame {
  readonly head: string;
  readonly tail: string;
  readonly onBytes: () => void;
}

function surround(
  content: ReadableStream<Uint8Array>,
  { head, tail, onBytes }: Frame,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reader = content.getReader();
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(head)),
    async pull(controller) {
      const { done, value } = await reader.read();
      onBytes();
      if (!done) return controller.enqueue(value);
      controller.enqueue(encoder.encode(tail));
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
