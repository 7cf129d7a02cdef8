import * as z from 'zod';
import type { Api, HttpOptions } from '../api.ts';

export function metricsRoutes(api: Api, { metrics }: HttpOptions): void {
  const { registry } = metrics;
  api.get(
    '/metrics',
    {
      schema: {
        operationId: 'metrics',
        tags: ['server'],
        summary: 'Figures for Prometheus',
        response: {
          200: { description: 'Prometheus text format', content: { 'text/plain': { schema: z.string() } } },
        },
      },
    },
    async (_, reply) => {
      const text = await registry.metrics();
      return reply.type(registry.contentType).serializer(String).send(text);
    },
  );
}
