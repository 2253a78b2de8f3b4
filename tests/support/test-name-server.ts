import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Answers for one name: addresses of each kind, an alias that has them, or silence. Called for each question. */
export type Answer = (
  kind: 'A' | 'AAAA',
) => { readonly addresses: readonly string[]; readonly cname?: string } | null;

/** Starts a name server on 127.0.0.1:53, for a network namespace of one's own. Unknown names do not exist. */
export async function startNameServer(names: Readonly<Record<string, Answer>>): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, kind, end } = readQuestion(query);
    const answer = names[name];
    const found = answer === undefined ? { addresses: [] } : kind === null ? { addresses: [] } : answer(kind);
    if (found === null) return;
    const alias = 'cname' in found && found.cname !== undefined ? encodeName(found.cname) : null;
    const records = [
      ...(alias === null ? [] : [record(SAME_NAME, 5, alias)]),
      ...found.addresses.map((text) => record(alias ?? SAME_NAME, kind === 'A' ? 1 : 28, addressBytes(text))),
    ];
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(answer === undefined ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records]), port, address);
  });
  socket.bind(53, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

function readQuestion(query: Buffer): { name: string; kind: 'A' | 'AAAA' | null; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = query.readUInt16BE(at + 1);
  return {
    name: labels.join('.').toLowerCase(),
    kind: type === 1 ? 'A' : type === 28 ? 'AAAA' : null,
    end: at + 5,
  };
}

/** Points to the name in the question. */
const SAME_NAME = Buffer.from([0xc0, 0x0c]);

/** A record with a time to live of 0. */
function record(name: Buffer, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([name, head, data]);
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  return Buffer.concat([...labels, Buffer.alloc(1)]);
}

/** Full spellings only: `127.0.0.1`, `fd00:0:0:0:0:0:0:1`. */
function addressBytes(text: string): Buffer {
  if (!text.includes(':')) return Buffer.from(text.split('.').map(Number));
  const groups = text.split(':').map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
