// What a voice costs: microseconds of CPU a 20 ms frame of Opus and RTP, and memory an instance. `node bench/codec.ts [--json]`
import { speechClip } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: measures this room from inside, beside its door
import { hasFec, type OpusEncoderOptions, OpusLibrary } from '../agent/src/codec/index.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import type { Clock } from '../agent/src/kernel/index.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { parseRtp, RtpSocket, serializeRtp, Ticker } from '../agent/src/rtp/index.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { Ear } from '../agent/src/session/ear.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import type { LeavingVoice } from '../agent/src/session/leaving-voice.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { RtpMouth } from '../agent/src/session/mouth.ts';
import { type Figures, report } from './report.ts';

const ROUNDS = 15;
/** Memory is measured on so many instances, once as many have filled what the library has at the start. */
const INSTANCES = 2000;
const library = await OpusLibrary.load();
const speech = speechClip('jfk').samples;

const ENCODERS: readonly { name: string; options: Omit<OpusEncoderOptions, 'rate'> }[] = [4, 5, 9].flatMap(
  (complexity) => [
    { name: `c${complexity}_audio`, options: { complexity } },
    { name: `c${complexity}_audio_fec`, options: { complexity, fec: true, expectedLossPercent: 10 } },
    { name: `c${complexity}_voip`, options: { complexity, application: 'voip' } },
    {
      name: `c${complexity}_voip_fec`,
      options: { complexity, application: 'voip', fec: true, expectedLossPercent: 10 },
    },
  ],
);

/** The clip at another rate: the codec does not mind that it sounds higher. */
const frames = (rate: number): Int16Array[] => {
  const length = rate / 50;
  return Array.from({ length: Math.floor(speech.length / length) }, (_, i) =>
    speech.subarray(i * length, (i + 1) * length),
  );
};

/** The middle of `ROUNDS` runs, in microseconds for each of `count` steps of one. */
function measure(count: number, run: () => void): number {
  const each = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    const from = performance.now();
    run();
    const wall = (performance.now() - from) * 1000;
    const { user, system } = process.cpuUsage(start);
    // Other threads of the process may work too: never more than the wall clock.
    return Math.min(wall, user + system) / count;
  });
  return each.sort((a, b) => a - b)[ROUNDS >> 1] as number;
}

function encoding(): Record<string, number> {
  const figures: Record<string, number> = {};
  const input = frames(24_000);
  for (const { name, options } of ENCODERS) {
    const encoder = library.encoder({ rate: 24_000, ...options });
    figures[`encode_24k_${name}_us`] = measure(input.length, () => {
      for (const frame of input) encoder.encode(frame, 12);
    });
    encoder.close();
  }
  return figures;
}

function decoding(): Record<string, number> {
  // As a browser sends: 48 kHz, and with FEC once loss is reported.
  const encoder = library.encoder({
    rate: 48_000,
    application: 'voip',
    complexity: 9,
    fec: true,
    expectedLossPercent: 10,
  });
  const packets = frames(48_000).map((frame) => encoder.encode(frame));
  encoder.close();
  const withFec = packets.filter(hasFec);
  const decoder = library.decoder({ rate: 16_000 });
  const each = (list: readonly Uint8Array[], step: (packet: Uint8Array) => void): number =>
    measure(list.length, () => list.forEach(step));
  const figures = {
    decode_16k_us: each(packets, (packet) => decoder.decode(packet)),
    decode_fec_us: each(withFec, (packet) => decoder.decodeFec(packet, 320)),
    conceal_us: measure(packets.length, () => {
      for (let i = 0; i < packets.length; i += 6) {
        decoder.decode(packets[i] as Uint8Array);
        for (let k = 0; k < 5; k++) decoder.conceal(320);
      }
    }),
  };
  decoder.close();
  return figures;
}

function resampling(): Record<string, number> {
  const resampler = library.resampler({ from: 22_050, to: 24_000 });
  const chunks = frames(22_050);
  const figure = measure(chunks.length, () => {
    for (const chunk of chunks) resampler.push(chunk);
  });
  resampler.close();
  return { resample_22k_to_24k_us: figure };
}

/** Memory that each of many instances adds, in KB. */
function memory(): Record<string, number> {
  const grown = (open: () => { close(): void }): number => {
    const all = Array.from({ length: INSTANCES }, open);
    const before = library.memoryBytes;
    for (let i = 0; i < INSTANCES; i++) all.push(open());
    const each = (library.memoryBytes - before) / INSTANCES / 1024;
    for (const one of all) one.close();
    return each;
  };
  // Decoders first: an encoder is larger, and what it leaves free would hide them.
  return {
    decoder_kb: grown(() => library.decoder({ rate: 16_000 })),
    encoder_kb: grown(() => library.encoder({ rate: 24_000 })),
  };
}

/** Time that moves by hand, a frame at a step. */
function steppedTicker(): { clock: Clock; ticker: Ticker; step: () => void } {
  let now = 0;
  let due = (): void => {};
  const clock: Clock = {
    now: () => now,
    after: (_ms, fn) => {
      due = fn;
      return () => {};
    },
  };
  const step = (): void => {
    now += 20;
    due();
  };
  return { clock, ticker: new Ticker({ clock }), step };
}

/** A whole caller: datagram -> packet -> jitter buffer -> decoder -> frame; and a whole voice, sent over UDP. */
async function wholeWays(): Promise<Record<string, number>> {
  const { clock, ticker, step } = steppedTicker();
  const input = frames(24_000);
  const encoder = library.encoder({ rate: 24_000 });
  let sequence = 0;
  const datagram = (payload: Uint8Array): Uint8Array =>
    serializeRtp({ payloadType: 111, ssrc: 1, sequence: sequence++, timestamp: sequence * 960, payload });
  const rounds = Array.from({ length: ROUNDS }, () => input.map((frame) => datagram(encoder.encode(frame))));
  encoder.close();
  const caller = { callerId: 'bench', ssrc: 1, payloadType: 111 };
  const ear = new Ear({ ear: caller, library, ticker, clock, onFrame: () => {} });
  const ear_frame_us = measure(input.length, () => {
    for (const bytes of rounds.pop() as Uint8Array[]) {
      ear.receive(parseRtp(bytes));
      step();
    }
  });
  ear.close();
  const [from, to] = [await RtpSocket.open({ ip: '127.0.0.1' }), await RtpSocket.open({ ip: '127.0.0.1' })];
  const rtp = { remote: to.address, ssrc: 1, payloadType: 111 };
  const mouth = new RtpMouth({ rtp, socket: from, library, ticker, clock });
  const speech = mouth.speak({ rate: 24_000, signal: new AbortController().signal });
  const mouth_packet_us = measure(input.length, () => {
    for (const frame of input) {
      void speech.write(frame).catch(() => {});
      step();
    }
  });
  mouth.close();
  await Promise.all([from.close(), to.close()]);
  return { ear_frame_us, mouth_packet_us };
}

/** The whole way of a voice that an engine gives as Opus: by samples, and as it is. `heard`: somebody wants samples of it. */
async function opusVoice(): Promise<Record<string, number>> {
  const encoder = library.encoder({ rate: 24_000, complexity: 9, bitrate: 64_000 });
  const packets = frames(24_000).map((frame) => encoder.encode(frame).slice());
  encoder.close();
  const ways = {
    by_samples: { passes: false, heard: false, gain: 1 },
    passed: { passes: true, heard: false, gain: 1 },
    passed_heard: { passes: true, heard: true, gain: 1 },
    ducked_heard: { passes: true, heard: true, gain: 0.5 },
  };
  const figures: Record<string, number> = {};
  for (const [name, { passes, heard, gain }] of Object.entries(ways)) {
    const { clock, ticker, step } = steppedTicker();
    const [from, to] = [await RtpSocket.open({ ip: '127.0.0.1' }), await RtpSocket.open({ ip: '127.0.0.1' })];
    const rtp = { remote: to.address, ssrc: 1, payloadType: 111 };
    const onVoice = heard ? (voice: LeavingVoice) => void voice.samples : undefined;
    const mouth = new RtpMouth({ rtp, socket: from, library, ticker, clock, ...(onVoice && { onVoice }) });
    mouth.duck(gain);
    const speech = mouth.speak({ rate: 24_000, signal: new AbortController().signal });
    const decoder = library.decoder({ rate: 24_000 });
    const write = (i: number): void => {
      const packet = packets[i] as Uint8Array;
      const written = passes ? speech.writeOpus?.(packet, i === 0) : speech.write(decoder.decode(packet));
      void written?.catch(() => {});
    };
    figures[`opus_voice_${name}_us`] = measure(packets.length, () => {
      // Engines are ahead of the voice.
      write(0);
      for (let i = 1; i <= packets.length; i++) {
        if (i < packets.length) write(i);
        step();
      }
    });
    mouth.close();
    decoder.close();
    await Promise.all([from.close(), to.close()]);
  }
  return figures;
}

const figures: Figures = {
  ...memory(),
  ...encoding(),
  ...decoding(),
  ...resampling(),
  ...(await wholeWays()),
  ...(await opusVoice()),
};
for (const [name, figure] of Object.entries(figures))
  console.log(`${name.padEnd(28)} ${figure.toFixed(1).padStart(8)}`);
report('codec', figures);
