import { Readable } from 'node:stream';
import { discard, drop, type HttpAnswer } from './http-call.ts';
import { readEntity, renderRange, startOf } from './http-entity.ts';
import { streamResumed } from './resumed-body.ts';
import { explainMissing, fileInfoOf, findObject, type S3Place } from './s3-objects.ts';
import { type ByteRange, type OpenFile, StorageError } from './storage.ts';

/** Opens an object. An object never changes: it is replaced, and then the rest of the old one is not to be had. */
export async function openObject(place: S3Place, path: string, range: ByteRange): Promise<OpenFile> {
  const isNothing = range.end !== undefined && range.end < range.start;
  if (path === '/') throw new StorageError('not-a-file', `${path} is a directory`);
  if (isNothing) return openNothing(place, path);
  const isWhole = range.start === 0 && range.end === undefined;
  const answer = await place.client.send({
    method: 'GET',
    key: place.keys.keyOf(path),
    what: path,
    headers: isWhole ? {} : { Range: renderRange(range) },
    expected: [404, 416],
  });
  if (answer.statusCode === 200 || answer.statusCode === 206) {
    return { info: fileInfoOf(path, answer), stream: streamObject(place, { path, range, answer }) };
  }
  await discard(answer);
  if (answer.statusCode === 416) return openNothing(place, path);
  throw await explainMissing(place, path);
}

async function openNothing(place: S3Place, path: string): Promise<OpenFile> {
  const info = await findObject(place, path);
  if (info !== null) return { info, stream: Readable.from([]) };
  throw await explainMissing(place, path);
}

interface OpenedObject {
  readonly path: string;
  readonly range: ByteRange;
  readonly answer: HttpAnswer;
}

function streamObject({ client, keys }: S3Place, { path, range, answer }: OpenedObject): Readable {
  const key = keys.keyOf(path);
  const { sizeBytes, validator } = readEntity(answer);
  const whole = sizeBytes ?? 0;
  return streamResumed({
    what: path,
    body: answer.body as AsyncIterable<Buffer>,
    bodyStart: startOf(answer, range.start, path),
    from: range.start,
    until: range.end === undefined ? whole : Math.min(range.end + 1, whole),
    isExact: true,
    explain: (error) => client.explain({ what: path, key }, error),
    resume:
      validator === null
        ? null
        : async (position) => {
            const headers = { Range: renderRange({ start: position }), 'If-Match': validator };
            const rest = await client.send({ method: 'GET', key, what: path, headers, expected: [404, 412] });
            if (rest.statusCode === 206 && startOf(rest, position, path) === position) {
              return rest.body as AsyncIterable<Buffer>;
            }
            drop(rest);
            throw new StorageError('changed', `${path} was replaced while it was read`);
          },
  });
}
