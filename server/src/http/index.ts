// HTTP: what the server is and does, its documentation, and the demo page. Imports rooms/, agents/ and observe/.
export type { FastifyInstance } from 'fastify';
export type { HttpOptions } from './api.ts';
export * from './server.ts';
