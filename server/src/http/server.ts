import fastifySwagger from '@fastify/swagger';
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { HttpOptions } from './api.ts';
import { guardApi } from './guard.ts';
import { addSecurityHeaders, allowOrigins } from './headers.ts';
import { openApiOptions } from './openapi.ts';
import { answerFrameworkError, answerProblems, documentProblems, refusingWhatFails } from './problem.ts';
import { agentRoutes } from './routes/agent.ts';
import { callsRoutes } from './routes/calls.ts';
import { demoRoutes } from './routes/demo.ts';
import { docsRoutes } from './routes/docs.ts';
import { enginesRoutes } from './routes/engines.ts';
import { healthRoutes } from './routes/health.ts';
import { infoRoutes } from './routes/info.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { realtimeRoutes } from './routes/realtime.ts';
import { realtimeCallsRoutes } from './routes/realtime-calls.ts';
import { roomsRoutes } from './routes/rooms.ts';
import { telephonyRoutes } from './routes/telephony.ts';
import { tokensRoutes } from './routes/tokens.ts';
import { voicesRoutes } from './routes/voices.ts';
import { answerUnreadable, isForSockets, refuseExpectations, requireHost } from './unreadable.ts';

/** Longest time for a request to arrive, in ms: who sends it drop by drop holds nothing up. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longest name in an address, in characters: those of voices are. */
const LONGEST_PARAM = 256;

/** All routes, not listening yet. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const http = fastify({
    // Requests are not logged one by one, and who listens is said by the start-up.
    loggerInstance: options.log.child({}, { level: 'error' }) as FastifyBaseLogger,
    trustProxy: (_, hop) => hop < options.proxies,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerUnreadable,
    http: { requireHostHeader: false, shouldUpgradeCallback: isForSockets },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_PARAM },
  });
  // Bodies are JSON, and nothing else.
  http.removeContentTypeParser('text/plain');
  http.setValidatorCompiler(refusingWhatFails(validatorCompiler));
  http.setSerializerCompiler(serializerCompiler);
  refuseExpectations(http.server);
  requireHost(http);
  addSecurityHeaders(http);
  allowOrigins(http, options.allowedOrigins);
  answerProblems(http, options.log);
  documentProblems(http);
  guardApi(http, options.access);
  await http.register(fastifySwagger, openApiOptions(options.version));
  const api = http.withTypeProvider<ZodTypeProvider>();
  healthRoutes(api, options);
  infoRoutes(api, options);
  roomsRoutes(api, options);
  agentRoutes(api, options);
  enginesRoutes(api, options);
  callsRoutes(api, options);
  tokensRoutes(api, options);
  realtimeRoutes(api, options);
  await realtimeCallsRoutes(api, options);
  await telephonyRoutes(api, options);
  voicesRoutes(api, options);
  metricsRoutes(api, options);
  await docsRoutes(http);
  await demoRoutes(http, options.demoDir);
  return http;
}
