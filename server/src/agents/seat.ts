import { randomInt, randomUUID } from 'node:crypto';
import type { AgentHost, AgentSession, SessionSettings } from '@parley/agent';
import { AGENT_EAR, agentVoice, type Consumer, OPUS_PAYLOAD_TYPE, type PlainTransport } from '../media/index.ts';
import type { Metrics } from '../observe/index.ts';
import type { AgentSeat, RoomAgent } from '../rooms/index.ts';
import { Tally } from './tally.ts';

const LARGEST_SSRC = 2 ** 32 - 1;

interface SeatOptions {
  readonly settings: SessionSettings;
  readonly metrics: Metrics;
}

/** Opens a session for a room and wires the audio both ways over one plain transport. */
export async function seatAgent(host: AgentHost, seat: AgentSeat, options: SeatOptions): Promise<RoomAgent> {
  const { settings, metrics } = options;
  const tally = new Tally(metrics);
  const session = await host.open({
    // A room of the same name may follow while this session is still closing.
    id: `${seat.room}.${randomUUID()}`,
    settings: {
      ...settings,
      language: seat.wishes.language ?? settings.language,
      turnPreset: seat.wishes.turnPreset ?? settings.turnPreset,
    },
    onEvent: (event) => {
      tally.count(event);
      if (event.type !== 'speculation' && event.type !== 'incident') seat.onEvent(event);
    },
  });
  try {
    const transport = await seat.router.createAgentTransport();
    return await wire(session, transport, { engines: host.choices, answers: settings.answers });
  } catch (error) {
    await session.close('room-closed');
    throw error;
  }
}

async function wire(
  session: AgentSession,
  transport: PlainTransport,
  known: Pick<RoomAgent, 'engines' | 'answers'>,
): Promise<RoomAgent> {
  const ssrc = randomInt(1, LARGEST_SSRC);
  await transport.connect(session.address);
  const voice = await transport.produce({ kind: 'audio', rtpParameters: agentVoice(ssrc) });
  const { localAddress, localPort } = transport.tuple;
  session.connectMouth({ remote: { ip: localAddress, port: localPort }, ssrc, payloadType: OPUS_PAYLOAD_TYPE });
  return {
    ...known,
    producerId: voice.id,
    callerJoined: (callerId, name) => session.callerJoined(callerId, name),
    async callerProduced(callerId, producerId) {
      const consumer = await transport.consume({ producerId, rtpCapabilities: AGENT_EAR, paused: true });
      hear(session, consumer, callerId);
      await consumer.resume();
    },
    callerLeft: (callerId) => session.callerLeft(callerId),
    callerPlaying: (callerId) => session.callerPlaying(callerId),
    callerPlayout: (callerId, delayMs) => session.callerPlayout(callerId, delayMs),
    text: (callerId, text) => session.text(callerId, text),
    interrupt: () => session.interrupt(),
    ask: (callerId) => session.ask(callerId),
    offerTools: (callerId, tools) => session.offerTools(callerId, tools),
    toolResult: (callerId, result) => session.toolResult(callerId, result),
    async close(reason) {
      transport.close();
      await session.close(reason);
    },
  };
}

/** The session learns the caller's SSRC before the first packet comes. */
function hear(session: AgentSession, consumer: Consumer, callerId: string): void {
  const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;
  const payloadType = consumer.rtpParameters.codecs[0]?.payloadType;
  if (ssrc === undefined || payloadType === undefined) throw new TypeError('a consumer without SSRC or codec');
  session.addEar({ callerId, ssrc, payloadType });
  consumer.observer.once('close', () => session.removeEar(callerId));
}
