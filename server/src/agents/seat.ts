import { randomInt, randomUUID } from 'node:crypto';
import type {
  AgentHost,
  AgentSession,
  EngineChoice,
  OfferedVoice,
  SessionSettings,
  SpeechSettings,
} from '@parley/agent';
import { AGENT_EAR, agentVoice, type Consumer, OPUS_PAYLOAD_TYPE, type PlainTransport } from '../media/index.ts';
import type { Metrics } from '../observe/index.ts';
import type { AgentPast, AgentSeat, AgentWishes, RoomAgent, VoiceWishes } from '../rooms/index.ts';
import { EVERY_LANGUAGE, speechFor } from './speech.ts';
import { Tally } from './tally.ts';

/** Those that need no key and no download. */
const LITE_ENGINES: readonly string[] = ['pocketsphinx', 'scripted', 'espeak'];
const LARGEST_SSRC = 2 ** 32 - 1;

interface SeatOptions {
  readonly settings: SessionSettings;
  readonly metrics: Metrics;
  /** The voices that callers may choose from. Never rejects. */
  readonly offered: () => Promise<readonly OfferedVoice[]>;
}

/** Opens a session for a room and wires the audio both ways over one plain transport. */
export async function seatAgent(host: AgentHost, seat: AgentSeat, options: SeatOptions): Promise<RoomAgent> {
  const { settings, metrics, offered } = options;
  const { engines, tools } = seat.wishes;
  const own = goingOn(settingsFor(settings, seat.wishes), seat.past);
  const { language, answers } = own;
  const speech = async (wishes: VoiceWishes): Promise<SpeechSettings> =>
    speechFor(settings, { ...wishes, language }, await choices(wishes, engines?.tts, offered));
  const tally = new Tally(metrics);
  const session = await host.open({
    // A room of the same name may follow while this session is still closing.
    id: `${seat.room}.${randomUUID()}`,
    settings: { ...own, ...(await speech(seat.wishes)) },
    ...(engines && { engines }),
    ...(tools && { tools }),
    onEvent: (event) => {
      tally.count(event);
      if (event.type !== 'speculation' && event.type !== 'incident') seat.onEvent(event);
    },
  });
  try {
    const transport = await seat.router.createAgentTransport();
    const speakAs = async (wishes: VoiceWishes): Promise<void> => session.speakAs(await speech(wishes));
    return await wire(session, transport, { engines: chosen(host.choices, engines), answers, speakAs });
  } catch (error) {
    await session.close('room-closed');
    throw error;
  }
}

/** The agent does nothing of its own accord. */
const PLAIN = { greeting: '', idlePromptMs: 0, toolFillerMs: 0, silenceWatchdogMs: 0 } as const;

/** As the server is set, with what is wished for this room in place of it. */
function settingsFor(settings: SessionSettings, wishes: AgentWishes): SessionSettings {
  const { language, turnPreset, instructions, greeting, answers, names, maxCallMs } = wishes;
  const { endpointingMs, interruptionMs, plain } = wishes;
  const turns = { turnPreset, endpointingMs, interruptionMs };
  const wished = { language, ...turns, instructions, greeting, answers, names, maxCallMs };
  return {
    ...settings,
    ...(plain && PLAIN),
    ...Object.fromEntries(Object.entries(wished).filter(([, value]) => value !== undefined)),
  };
}

/** The conversation of an agent that was lost goes on, and the call's time with it. */
function goingOn(settings: SessionSettings, past: AgentPast | undefined): SessionSettings {
  if (!past) return settings;
  const { elapsedMs, ...before } = past;
  const maxCallMs = settings.maxCallMs > 0 ? Math.max(1, settings.maxCallMs - elapsedMs) : 0;
  return { ...settings, maxCallMs, past: before };
}

/** The voices to choose from. Those of an engine that was picked for this room are not known here: any name will do. */
async function choices(
  { voice }: VoiceWishes,
  picked: readonly string[] | undefined,
  offered: SeatOptions['offered'],
): Promise<readonly OfferedVoice[]> {
  if (voice === undefined) return [];
  if (!picked) return offered();
  return [{ id: voice, name: voice, language: EVERY_LANGUAGE, engine: picked[0] ?? '', emotions: [] }];
}

/** What serves each stage of this room, in words for people. */
const chosen = (all: readonly EngineChoice[], picks: AgentWishes['engines'] = {}): readonly EngineChoice[] =>
  all.map((choice) => {
    const [first, ...rest] = choice.stage === 'vad' ? [] : (picks[choice.stage] ?? []);
    if (first === undefined) return choice;
    const reason = ['chosen for this room', ...rest.map((name) => `then ${name}`)].join('; ');
    return { ...choice, engine: first, reason, lite: LITE_ENGINES.includes(first) };
  });

async function wire(
  session: AgentSession,
  transport: PlainTransport,
  known: Pick<RoomAgent, 'engines' | 'answers' | 'speakAs'>,
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
    openLine: (callerId, { onNews, ...rates }) => session.openLine({ callerId, ...rates }, onNews),
    tellLine: (callerId, order) => session.tellLine(callerId, order),
    callerLeft: (callerId) => session.callerLeft(callerId),
    callerAway: (callerId) => session.callerAway(callerId),
    callerBack: (callerId, unheardMs) => session.callerBack(callerId, unheardMs),
    callerPlaying: (callerId) => session.callerPlaying(callerId),
    callerPlayout: (callerId, delayMs) => session.callerPlayout(callerId, delayMs),
    text: (callerId, text) => session.text(callerId, text),
    interrupt: () => session.interrupt(),
    announce: (order) => session.announce(order),
    instruct: (instructions) => session.instruct(instructions),
    addMessage: (message, how) => session.addMessage(message, how),
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
