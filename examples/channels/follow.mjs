// Follows channels over one WebSocket and prints each event once, also when the connection is lost in between.
// Runs in Node 22 and later; browsers have the same WebSocket.
//
//   ARRAS_URL=http://127.0.0.1:8383 ARRAS_TOKEN=… node follow.mjs /agave.prod/ada/JOB_ID /agave.prod/ada …

const url = `${process.env.ARRAS_URL.replace(/^http/, 'ws')}/channels/v2/`;
// Browsers cannot send headers with a WebSocket: the token travels as a subprotocol, never in the address.
const protocols = ['arras.v1', `arras.bearer.${process.env.ARRAS_TOKEN}`];

/** The channels that are followed, each with the `id` of its last event. */
const channels = new Map(process.argv.slice(2).map((channel) => [channel, undefined]));
let failures = 0;

function connect() {
  const socket = new WebSocket(url, protocols);
  socket.addEventListener('open', () => {
    for (const [channel, since] of channels)
      socket.send(JSON.stringify({ type: 'subscribe', channel, since }));
  });
  socket.addEventListener('message', ({ data }) => {
    failures = 0;
    receive(socket, JSON.parse(data));
  });
  socket.addEventListener('close', () => {
    if (channels.size === 0) return;
    // Not all at once: thousands of others have lost their connection at the same moment.
    const wait = Math.random() * Math.min(30_000, 1_000 * 2 ** failures);
    failures += 1;
    setTimeout(connect, wait);
  });
}

function receive(socket, message) {
  const { type, channel } = message;
  if (type === 'subscribed' && message.cursor !== undefined) channels.set(channel, message.cursor);
  if (type === 'event') {
    channels.set(channel, message.id);
    console.log(`${channel} #${message.event.seq} ${message.event.name}`);
  }
  // What happened in between is out of reach: read the state anew, and go on from there.
  if (type === 'reset') channels.set(channel, message.cursor);
  if (type === 'error') console.error(`${channel ?? 'connection'}: ${message.message}`);
  const isOver = type === 'end' || (type === 'error' && channel !== undefined);
  if (isOver) channels.delete(channel);
  if (channels.size === 0) socket.close();
}

connect();
