import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Access } from '../access/index.ts';
import type { AgentHosts } from '../agents/index.ts';
import type { History } from '../history/index.ts';
import type { Clock, Logger, Metrics } from '../observe/index.ts';
import type { ClientSecrets, RealtimeCalls } from '../realtime/index.ts';
import type { Registry } from '../rooms/index.ts';
import type { TwilioAccount } from '../telephony/index.ts';

/** Fastify whose schemas are zod's. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes show. */
export interface HttpOptions {
  readonly version: string;
  readonly protocol: number;
  readonly rooms: Registry;
  readonly hosts: AgentHosts;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock?: Clock;
  /** True while all media workers are alive. */
  mediaReady(): boolean;
  /** Why no more calls can be carried; undefined where they can. */
  overload(): string | undefined;
  readonly access: Access;
  /** With which pages connect to /v1/realtime. */
  readonly secrets: ClientSecrets;
  /** Of clients that come by WebRTC in the OpenAI Realtime protocol. */
  readonly calls: RealtimeCalls;
  /** Under which addresses the client of this request can reach our media. */
  addressesFor(request: IncomingMessage): Promise<readonly string[]>;
  /** Whose telephone calls are taken. */
  readonly twilio: TwilioAccount;
  /** What agents are told about their role, where nobody says anything else. */
  readonly instructions: string;
  /** Proxies of our own in front. */
  readonly proxies: number;
  /** Signs the events of rooms whose webhooks have no secret of their own. */
  readonly webhookSecret?: string | undefined;
  /** Absent where calls are not kept. */
  readonly history?: History | undefined;
  /** Origins of other sites whose pages may read the API; `*` for all. */
  readonly allowedOrigins: readonly string[];
  /** Folder of the built demo page. */
  readonly demoDir: string;
}
