import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import type { Route } from '../contract/src/route.ts';
import { ROUTES } from '../contract/src/routes.ts';
import { help } from './help-plugin.ts';

/**
 * Method and path of every operation as a module: the contract itself brings all its schemas along, which only the
 * server needs.
 */
function operations(): Plugin {
  const name = 'virtual:operations';
  const table = Object.entries<Route>(ROUTES).map(([id, route]) => [id, [route.method, longest(route)]]);
  return {
    name: 'operations',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) =>
      id === `\0${name}`
        ? `export const OPERATIONS = ${JSON.stringify(Object.fromEntries(table))};`
        : undefined,
  };
}

/** With the path that may follow, where another path of the operation takes one. */
function longest({ path, aliases = [] }: Route): string {
  return aliases.find((alias) => alias === `${path}/{path}`) ?? path;
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
  // Addresses from where they stand: the service may lie below a path of its host.
  base: './',
  plugins: [operations(), blockRendering(), help(join(import.meta.dirname, '../../docs'))],
  build: {
    outDir: join(import.meta.dirname, '../server/dashboard'),
    emptyOutDir: true,
    target: 'es2023',
    // Inlined data addresses would have to be allowed by the content security policy.
    assetsInlineLimit: 0,
    // One file: two thirds of what many small ones take together, and one request instead of many.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
