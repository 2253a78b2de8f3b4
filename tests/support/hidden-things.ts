import { REMOTE_SYSTEM, type ThingKind, type ThingNames } from './access-rules.ts';
import { type JobApi, TEST_APP } from './job-api.ts';

/** Stands in everything that {@link makeThing} makes: an answer to others that holds it has told something. */
export const MARK = 'hidden-name';

/** Makes a thing of ada's that nobody else may see, and gives the names by which addresses call it. */
export async function makeThing(api: JobApi, kind: ThingKind, n: number): Promise<ThingNames> {
  switch (kind) {
    case 'job':
      return { id: await make(api, '/jobs/v2', { name: MARK, appId: 'plot-0.1.0', archive: false }, 'id') };
    case 'uuid':
      return { uuid: (await makeThing(api, 'job', n))['id'] ?? '' };
    case 'subscription': {
      const { id = '' } = await makeThing(api, 'job', n);
      const body = { url: `https://${MARK}.example.org/`, event: '*', associatedUuid: id };
      return { id: await make(api, '/notifications/v2', body, 'id') };
    }
    case 'filter': {
      const answer = await api.call('PUT', `/jobs/v2/filters/${MARK}-${n}`, { body: { filter: MARK } });
      if (answer.status !== 200) throw new Error(answer.text);
      return { name: `${MARK}-${n}` };
    }
    case 'system': {
      const id = await make(api, '/systems/v2', { ...REMOTE_SYSTEM, id: `s${n}` }, 'id');
      return { id, systemId: id };
    }
    case 'app':
      return { id: await make(api, '/apps/v2', { ...TEST_APP, name: `a${n}`, label: MARK }, 'id') };
    case 'metadata':
      return { uuid: await make(api, '/meta/v2/data', { name: MARK, value: MARK }, 'uuid') };
    case 'schema':
      return {
        uuid: await make(api, '/meta/v2/schemas', { schema: { type: 'object', title: MARK } }, 'uuid'),
      };
    case 'postit':
      return {
        postit: await make(api, '/postits/v2', { url: `${URL_BASE}/jobs/v2?name=${MARK}` }, 'postit'),
      };
    case 'token':
      return { id: await make(api, '/tokens/v2', { name: MARK }, 'id') };
  }
}

const URL_BASE = 'https://api.example.org';

/** The names of nothing, in the forms of the real ones. */
export const NOTHING: Readonly<Record<ThingKind, ThingNames>> = {
  job: { id: '1674389564419740136-242ac113-0001-007' },
  uuid: { uuid: '1674389564419740136-242ac113-0001-007' },
  subscription: { id: '1674389564419740136-242ac113-0001-011' },
  filter: { name: 'nothing' },
  system: { id: 'nothing', systemId: 'nothing' },
  app: { id: 'nothing-1.0' },
  metadata: { uuid: '1674389564419740136-242ac113-0001-012' },
  schema: { uuid: '1674389564419740136-242ac113-0001-013' },
  postit: { postit: 'x'.repeat(32) },
  token: { id: '1674389564419740136-242ac113-0001-004' },
};

async function make(api: JobApi, path: string, body: unknown, field: string): Promise<string> {
  const answer = await api.call<Readonly<Record<string, string>>>('POST', path, { body });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`);
  return answer.json.result[field] ?? '';
}
