// A receiver of webhooks in plain Node, without dependencies: node receiver.mjs
//
// PORT            where to listen; default 3000
// WEBHOOK_SECRET  the signing secret, whsec_…; several with blanks between them while one replaces another.
//                 Without it calls are taken unsigned, which is for a first look only.
//
// Calls to /broken are answered with 503, to see what repeating looks like.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const secrets = (process.env.WEBHOOK_SECRET ?? '').split(' ').filter((secret) => secret !== '');
const port = Number(process.env.PORT ?? 3000);

/** How far the time of a call may be from now, in seconds: older ones may be recordings. */
const TOLERANCE_SECONDS = 300;

/** Why a call is not to be believed; null when it is (https://www.standardwebhooks.com). */
function findForgery(headers, body) {
  if (secrets.length === 0) return null;
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (id === undefined || timestamp === undefined || signatures === undefined) return 'not signed';
  const ageSeconds = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(ageSeconds <= TOLERANCE_SECONDS)) return 'too old, or from the future';
  const given = signatures.split(' ').filter((entry) => entry.startsWith('v1,'));
  const isRight = secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
    return given.some((entry) => equal(Buffer.from(entry.slice(3), 'base64'), mac));
  });
  return isRight ? null : 'wrong signature';
}

function equal(a, b) {
  return a.length === b.length && timingSafeEqual(a, b);
}

// A call may come twice, always with the same id. A real receiver keeps the ids where it keeps its results.
const seen = new Set();

function handle(request, body) {
  const { event, status } = JSON.parse(body.toString('utf8'));
  const id = `${event.id} ${request.headers['x-agave-notification']}`;
  const again = seen.has(id) ? ' again' : '';
  seen.add(id);
  const trust = secrets.length === 0 ? 'unsigned' : 'verified';
  console.log(`${event.name} #${event.seq} ${trust}${again}: the job is ${status} (${request.url})`);
}

async function answer(request, response) {
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    // The bytes as they came: JSON that is parsed and printed again has another signature.
    const body = Buffer.concat(chunks);
    const forgery = findForgery(request.headers, body);
    if (forgery !== null) {
      console.log(`refused, ${forgery} (${request.url})`);
      response.writeHead(401).end(forgery);
    } else if (request.url?.startsWith('/broken')) {
      response.writeHead(503).end('out of order');
    } else {
      handle(request, body);
      // Answer at once and work afterwards: after 15 seconds without an answer the call counts as failed.
      response.writeHead(204).end();
    }
  } catch (error) {
    console.log(`not understood: ${String(error)} (${request.url})`);
    response.writeHead(400).end();
  }
}

const server = createServer((request, response) => void answer(request, response));
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
