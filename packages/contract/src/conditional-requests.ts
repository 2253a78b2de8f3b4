type Json = Readonly<Record<string, unknown>>;

// What the OpenAPI document says of operations that are marked as conditional (RFC 9110 sections 13.1.2 and 15.4.5).

/** The header that names the caller's copy. */
export const IF_NONE_MATCH: Json = {
  name: 'if-none-match',
  in: 'header',
  description: 'The ETag of an earlier answer, or several with commas: 304 when it is still good.',
  schema: { type: 'string' },
};

const ETAG: Json = {
  description:
    'Strong entity tag of these bytes; of one job it begins with the number of its last event, then `s` when a stop is requested.',
  schema: { type: 'string', examples: ['"12.uGlv4cYb7m0JmJ0kqD0x2A"'] },
};

const RETRY_AFTER: Json = {
  description: 'Of a job under way: seconds after which asking again can pay.',
  schema: { type: 'integer', minimum: 1 },
};

/** Headers of an answer with a tag. */
export const CONDITIONAL_HEADERS: Json = { etag: ETAG, 'retry-after': RETRY_AFTER };

/** The answer to a caller whose copy is still good. */
export const NOT_MODIFIED: Json = {
  description: 'The copy that If-None-Match names is still good; without a body.',
  headers: CONDITIONAL_HEADERS,
};
