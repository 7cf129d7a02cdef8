import { defineConfig } from 'vite';

const SERVER = 'http://localhost:8000';

export default defineConfig({
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022' },
  server: {
    proxy: { '/socket.io': { target: SERVER, ws: true }, '/v1': SERVER },
  },
});
