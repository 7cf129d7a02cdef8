import fastifySwagger from '@fastify/swagger';
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { HttpOptions } from './api.ts';
import { addSecurityHeaders, allowOrigins } from './headers.ts';
import { openApiOptions } from './openapi.ts';
import { answerFrameworkError, answerProblems } from './problem.ts';
import { demoRoutes } from './routes/demo.ts';
import { docsRoutes } from './routes/docs.ts';
import { healthRoutes } from './routes/health.ts';
import { infoRoutes } from './routes/info.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { roomsRoutes } from './routes/rooms.ts';
import { voicesRoutes } from './routes/voices.ts';

/** All routes, not listening yet. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const http = fastify({
    // Requests are not logged one by one, and who listens is said by the start-up.
    loggerInstance: options.log.child({}, { level: 'error' }) as FastifyBaseLogger,
    trustProxy: options.trustProxy,
    forceCloseConnections: true,
    frameworkErrors: answerFrameworkError,
    routerOptions: { ignoreTrailingSlash: true },
  });
  http.setValidatorCompiler(validatorCompiler);
  http.setSerializerCompiler(serializerCompiler);
  addSecurityHeaders(http);
  allowOrigins(http, options.allowedOrigins);
  answerProblems(http, options.log);
  await http.register(fastifySwagger, openApiOptions(options.version));
  const api = http.withTypeProvider<ZodTypeProvider>();
  healthRoutes(api, options);
  infoRoutes(api, options);
  roomsRoutes(api, options);
  voicesRoutes(api, options);
  metricsRoutes(api, options);
  await docsRoutes(http);
  await demoRoutes(http, options.demoDir);
  return http;
}
