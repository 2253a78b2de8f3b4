import { fastify } from 'fastify';

// The least that an answer costs: Fastify with one route for each path, which sends bytes that are there already.

process.on('message', (bodies: Readonly<Record<string, string>>) => {
  const app = fastify({ logger: false });
  for (const [path, body] of Object.entries(bodies)) {
    const bytes = Buffer.from(body);
    app.get(path, (_request, reply) => {
      reply.header('content-type', 'application/json; charset=UTF-8').send(bytes);
    });
  }
  app.listen({ host: '127.0.0.1', port: 0 }).then(
    (url) => process.send?.(url),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
