import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderUpload } from './upload-body.ts';

/** What a server reads of it. */
async function parse(content: Parameters<typeof renderUpload>[0]): Promise<FormData> {
  const { body, headers, ...more } = renderUpload(content, () => undefined);
  return new Request('http://a.test', { method: 'POST', body, headers, ...more }).formData();
}

test('a blob and a stream are the same form, with the name as it is', async () => {
  const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256);
  for (const name of ['a.txt', 'ünï "code" 数列;=.txt'])
    for (const data of [new Blob([bytes]), () => new Blob([bytes]).stream()]) {
      const form = await parse({ name, data });
      assert.equal(form.get('fileName'), name);
      const file = form.get('fileToUpload');
      assert.ok(file instanceof File);
      assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);
    }
});

test('a stream is opened for each try', async () => {
  let opened = 0;
  const data = () => {
    opened += 1;
    return new Blob(['text']).stream();
  };
  await parse({ name: 'a', data });
  await parse({ name: 'a', data });
  assert.equal(opened, 2);
});
