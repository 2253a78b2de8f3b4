import type { BedCall } from './http-bed.ts';

/** A form as `requests` and curl send it. */
export function form(parts: readonly FormPart[], boundary = 'xYzZY'): BedCall {
  const text = parts.map(({ name, fileName, content, type }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const typed = type === undefined ? '' : `Content-Type: ${type}\r\n`;
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${typed}\r\n${content}\r\n`;
  });
  return {
    body: `${text.join('')}--${boundary}--\r\n`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** A part of a form; with a file name it is a file. */
export interface FormPart {
  readonly name: string;
  readonly content: string;
  readonly fileName?: string;
  readonly type?: string;
}

/** What the Tapis CLI sends: one part, always said to be plain text. */
export function file(fileName: string, content: string): BedCall {
  return form([{ name: 'fileToUpload', fileName, content, type: 'text/plain' }]);
}
