/** A fetch that says of each call how it went, with the id by which the service's log names it. */
export function createTracedFetch(say: (line: string) => void, send: typeof fetch = fetch): typeof fetch {
  return async (input, init) => {
    const startedMs = performance.now();
    const request = new Request(input, { method: init?.method ?? 'GET' });
    const tell = (result: string) =>
      say(`${request.method} ${request.url}  ${result}  ${Math.round(performance.now() - startedMs)} ms`);
    try {
      const response = await send(input, init);
      const id = response.headers.get('x-request-id');
      tell(id === null ? String(response.status) : `${response.status}  request-id ${id}`);
      return response;
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
}
