import { defineConfig } from 'vite';

export const parleyUrl = process.env.PARLEY_URL ?? 'http://localhost:8000';

export default defineConfig({ define: { PARLEY_URL: JSON.stringify(parleyUrl) } });
