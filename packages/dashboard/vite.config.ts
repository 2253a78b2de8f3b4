import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { ROUTES } from '../contract/src/routes.ts';

/**
 * Method and path of every operation as a module: the contract itself brings all its schemas along, which only the
 * server needs.
 */
function operations(): Plugin {
  const name = 'virtual:operations';
  const table = Object.entries(ROUTES).map(([id, { method, path }]) => [id, [method, path]]);
  return {
    name: 'operations',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) =>
      id === `\0${name}`
        ? `export const OPERATIONS = ${JSON.stringify(Object.fromEntries(table))};`
        : undefined,
  };
}

/** The first frame waits for the script, which knows the theme: Vite drops the attribute of the source. */
function blockRendering(): Plugin {
  return {
    name: 'block-rendering',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
  };
}

// oxlint-disable-next-line import/no-default-export -- vite reads it
export default defineConfig({
  root: import.meta.dirname,
  plugins: [operations(), blockRendering()],
  build: {
    outDir: join(import.meta.dirname, '../server/dashboard'),
    emptyOutDir: true,
    target: 'es2023',
    // Inlined data addresses would have to be allowed by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
