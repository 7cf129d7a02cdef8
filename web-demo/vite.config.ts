import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin, type ResolvedConfig } from 'vite';

const SERVER = 'http://localhost:8000';
const TARGET = 'es2022';
const SDK = fileURLToPath(new URL('../signaling/src/client/index.ts', import.meta.url));

/**
 * The SDK beside the page, for pages without a bundler on other sites: `/sdk/parley.js`, one module that exports the
 * client. The protocol's schemas are not in it. What it fetches later lies beside it, wherever the page that imports it is.
 */
function sdk(): Plugin {
  let page: ResolvedConfig;
  return {
    name: 'parley-sdk',
    apply: 'build',
    configResolved(config) {
      page = config;
    },
    async closeBundle() {
      await build({
        configFile: false,
        root: page.root,
        base: './',
        publicDir: false,
        logLevel: page.logLevel,
        build: {
          target: TARGET,
          outDir: join(resolve(page.root, page.build.outDir), 'sdk'),
          emptyOutDir: true,
          modulePreload: false,
          rolldownOptions: {
            input: SDK,
            preserveEntrySignatures: 'strict',
            output: { entryFileNames: 'parley.js' },
          },
        },
      });
    },
  };
}

export default defineConfig({
  plugins: [sdk()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: TARGET,
    rolldownOptions: {
      input: ['index.html', 'calls.html'].map((page) => fileURLToPath(new URL(page, import.meta.url))),
    },
  },
  server: {
    proxy: { '/socket.io': { target: SERVER, ws: true }, '/v1': SERVER },
  },
});
