import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Reads the generated OpenAPI document of the contract as JSON text; to be done once, at start. */
export async function readOpenApiDocument(): Promise<string> {
  const text = await readFile(fileURLToPath(import.meta.resolve('@arras/contract/openapi.json')), 'utf8');
  return JSON.stringify(JSON.parse(text));
}
