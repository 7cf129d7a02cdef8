// Run by Node: prints what an app loads at first, gzipped bytes, and how many parts come later.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const built = await build({
  configFile: false,
  logLevel: 'silent',
  build: {
    write: false,
    minify: true,
    rolldownOptions: {
      input: fileURLToPath(new URL('../client/index.ts', import.meta.url)),
      preserveEntrySignatures: 'strict',
    },
  },
});
if (!Array.isArray(built) && !('output' in built)) throw new Error('Nothing was built');
const chunks = [built].flat().flatMap(({ output }) => output.filter((part) => part.type === 'chunk'));
const entry = chunks.find((chunk) => chunk.isEntry)!;
const early = chunks.filter((chunk) => chunk === entry || entry.imports.includes(chunk.fileName));
const bytes = early.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
console.log(JSON.stringify({ bytes, laterChunks: chunks.length - early.length }));
