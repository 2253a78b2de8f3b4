import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A reverse proxy on loopback that has a service below a path of its own, as nginx has it in a `location`. */
export interface PathProxy extends AsyncDisposable {
  /** Where people find the service. */
  readonly url: string;
  /** Where the service is; until it is said nobody finds it. */
  target: string;
  /** Addresses that were asked for and are not below the path. */
  readonly strays: readonly string[];
}

/** Starts one; it takes the path away from the addresses that it passes on, or keeps it. */
export async function startPathProxy(path: string, mode: 'strip' | 'keep'): Promise<PathProxy> {
  const strays: string[] = [];
  const proxy = { target: '' };
  /** Null for what is not below the path: something else of the host answers that. */
  const passedOn = ({ url = '/' }: IncomingMessage): URL | null => {
    const isBelow = url.startsWith(`${path}/`) || (mode === 'keep' && url === path);
    if (!isBelow) strays.push(url);
    return isBelow ? new URL(mode === 'strip' ? url.slice(path.length) : url, proxy.target) : null;
  };
  const server = createServer((request, response) => {
    const target = passedOn(request);
    if (target === null) return void response.writeHead(404).end('of somebody else');
    const { method, headers } = request;
    const onward = send(target, { method: method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.on('upgrade', (request, client: Socket, head: Buffer) => {
    const target = passedOn(request);
    if (target === null) return void client.destroy();
    const backend = connect(Number(target.port), target.hostname);
    for (const socket of [client, backend]) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        client.destroy();
        backend.destroy();
      });
    }
    backend.write(renderHead(request, target));
    backend.write(head);
    client.pipe(backend).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}${path}`,
    strays,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

function renderHead({ method, rawHeaders }: IncomingMessage, { pathname, search }: URL): string {
  const lines = [`${method ?? 'GET'} ${pathname}${search} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
