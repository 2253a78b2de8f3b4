import { startEmbeddedPostgres } from '../../packages/server/src/database/embedded-postgres.ts';

// A process that owns an embedded PostgreSQL, to be killed by tests: node embedded-owner.ts DIRECTORY
// Prints one line of JSON when the server is ready and then waits for its end; a line on stdin stops the server.

const [directory = ''] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ directory, onLog: (message) => console.error(message) });
console.log(JSON.stringify({ pid: server.pid, adopted: server.adopted }));
process.stdin.once('data', () => {
  void server.stop().then(() => process.exit(0));
});
