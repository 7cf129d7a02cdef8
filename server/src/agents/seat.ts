import { randomInt, randomUUID } from 'node:crypto';
import type { AgentHost, AgentSession, SessionEvent, SessionSettings } from '@parley/agent';
import { AGENT_EAR, agentVoice, OPUS_PAYLOAD_TYPE, type PlainTransport } from '../media/index.ts';
import type { Metrics } from '../observe/index.ts';
import type { AgentSeat, RoomAgent } from '../rooms/index.ts';

const LARGEST_SSRC = 2 ** 32 - 1;

interface SeatOptions {
  readonly settings: SessionSettings;
  readonly metrics: Metrics;
}

/** Opens a session for a room and wires the audio both ways over one plain transport. */
export async function seatAgent(host: AgentHost, seat: AgentSeat, options: SeatOptions): Promise<RoomAgent> {
  const { settings, metrics } = options;
  const session = await host.open({
    // A room of the same name may follow while this session is still closing.
    id: `${seat.room}.${randomUUID()}`,
    settings: { ...settings, language: seat.language ?? settings.language },
    onEvent: (event) => {
      count(event, metrics);
      if (event.type !== 'speculation' && event.type !== 'incident') seat.onEvent(event);
    },
  });
  try {
    const transport = await seat.router.createAgentTransport();
    return await wire(session, transport, host);
  } catch (error) {
    await session.close('room-closed');
    throw error;
  }
}

async function wire(session: AgentSession, transport: PlainTransport, host: AgentHost): Promise<RoomAgent> {
  const ssrc = randomInt(1, LARGEST_SSRC);
  await transport.connect(session.address);
  const voice = await transport.produce({ kind: 'audio', rtpParameters: agentVoice(ssrc) });
  const { localAddress, localPort } = transport.tuple;
  session.connectMouth({ remote: { ip: localAddress, port: localPort }, ssrc, payloadType: OPUS_PAYLOAD_TYPE });
  return {
    engines: host.choices,
    producerId: voice.id,
    callerProduced: (callerId, producerId) => hear(session, transport, callerId, producerId),
    callerPlaying: (callerId) => session.callerPlaying(callerId),
    callerPlayout: (callerId, delayMs) => session.callerPlayout(callerId, delayMs),
    text: (callerId, text) => session.text(callerId, text),
    interrupt: () => session.interrupt(),
    async close(reason) {
      transport.close();
      await session.close(reason);
    },
  };
}

/** The session learns the caller's SSRC before the first packet comes. */
async function hear(
  session: AgentSession,
  transport: PlainTransport,
  callerId: string,
  producerId: string,
): Promise<void> {
  const consumer = await transport.consume({ producerId, rtpCapabilities: AGENT_EAR, paused: true });
  const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;
  const payloadType = consumer.rtpParameters.codecs[0]?.payloadType;
  if (ssrc === undefined || payloadType === undefined) throw new TypeError('a consumer without SSRC or codec');
  session.addCaller({ callerId, ssrc, payloadType });
  consumer.observer.once('close', () => session.removeCaller(callerId));
  await consumer.resume();
}

function count(event: SessionEvent, metrics: Metrics): void {
  if (event.type === 'turn-metrics') metrics.turn(event.figures);
  if (event.type === 'error') metrics.engineError(event.stage ?? 'session', event.code);
}
