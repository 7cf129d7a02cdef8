import { describe, expect, jest, test } from '@jest/globals';
import { type PcmFrame, ProviderError } from '../contracts/index.ts';
import { settle } from '../testing/manual-clock.ts';
import { framesOf } from '../testing/speech-scene.ts';
import { VadDouble, type VadDoubleOptions } from '../testing/vad-double.ts';
import type { GateEvent, GateOptions, SpeechGate } from './speech-gate.ts';
import { createVadGate } from './vad-gate.ts';

/** Parts of quiet (even) and loud (odd) ms, one after another. */
function sound(...ms: number[]): Int16Array {
  const samples = new Int16Array(ms.reduce((a, b) => a + b, 0) * 16);
  let at = 0;
  ms.forEach((length, i) => {
    samples.fill(i % 2 === 0 ? 0 : 8000, at, at + length * 16);
    at += length * 16;
  });
  return samples;
}

function openGate(
  double: VadDoubleOptions = {},
  options: Partial<GateOptions> = {},
): { gate: SpeechGate; model: VadDouble; events: GateEvent[] } {
  const model = new VadDouble(double);
  const events: GateEvent[] = [];
  const gate = createVadGate(model, { onEvent: (event) => events.push(event), silenceMs: 250, ...options });
  return { gate, model, events };
}

/** Pushes frames as fast as they are judged. */
async function pushAll(gate: SpeechGate, frames: readonly PcmFrame[]): Promise<void> {
  for (const frame of frames) {
    gate.push(frame);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const of = <K extends GateEvent['kind']>(events: readonly GateEvent[], kind: K): Extract<GateEvent, { kind: K }>[] =>
  events.filter((event): event is Extract<GateEvent, { kind: K }> => event.kind === kind);

/** Every frame that was handed out, in order. */
const handedOut = (events: readonly GateEvent[]): PcmFrame[] =>
  events.flatMap((event) =>
    event.kind === 'speech-start' ? event.preroll : event.kind === 'speech-frame' ? [event.frame] : [],
  );

/** The order of events, runs of speech-frames as one. */
const outline = (events: readonly GateEvent[]): string[] =>
  events
    .map((event) => (event.kind === 'state' ? event.state : event.kind))
    .filter((word, i, all) => word !== 'speech-frame' || all[i - 1] !== word);

describe('a gate', () => {
  test('tells one stretch of speech in order, from the preroll to the last frame', async () => {
    const { gate, events } = openGate();
    const frames = framesOf(sound(1000, 600, 600));
    await pushAll(gate, frames);
    await gate.flush();
    expect(outline(events)).toEqual([
      'starting',
      'speaking',
      'speech-start',
      'speech-frame',
      'stopping',
      'speech-frame',
      'quiet',
      'speech-end',
    ]);
    const [start] = of(events, 'speech-start');
    const [end] = of(events, 'speech-end');
    expect(Math.abs(start!.at - 1000)).toBeLessThan(32);
    expect(Math.abs(end!.at - 1600)).toBeLessThan(40);
    expect(Math.abs(start!.preroll[0]!.at - (start!.at - 400))).toBeLessThanOrEqual(20);
    const out = handedOut(events);
    const first = frames.indexOf(out[0]!);
    expect(out).toEqual(frames.slice(first, first + out.length));
    expect(out.at(-1)!.at).toBeGreaterThanOrEqual(1840);
  });

  test.each([3, 10, 20, 32, 60, 333, 2000])('hears the same with frames of %i ms', async (frameMs) => {
    const { gate, events } = openGate();
    await pushAll(gate, framesOf(sound(1000, 600, 600), frameMs));
    await gate.flush();
    expect([of(events, 'speech-start')[0]!.at, of(events, 'speech-end')[0]!.at]).toEqual([976, 1568]);
  });

  test('hands out no frame twice and none of the speech is lost when speech comes again at once', async () => {
    const { gate, events } = openGate();
    const frames = framesOf(sound(300, 400, 350, 400, 350, 400, 600));
    await pushAll(gate, frames);
    await gate.flush();
    expect(of(events, 'speech-start')).toHaveLength(3);
    const out = handedOut(events);
    expect(new Set(out).size).toBe(out.length);
    expect(out).toEqual(frames.slice(frames.indexOf(out[0]!), frames.indexOf(out[0]!) + out.length));
  });

  test('is as exact under slow inference: the same events in the same order', async () => {
    const frames = framesOf(sound(500, 500, 100, 300, 700));
    const fast = openGate();
    await pushAll(fast.gate, frames);
    await fast.gate.flush();
    const slow = openGate({ held: true });
    const queue = [...frames];
    while (queue.length > 0 || slow.model.waiting) {
      for (const frame of queue.splice(0, 7)) slow.gate.push(frame);
      slow.model.answer();
      await settle();
    }
    expect(slow.gate.dropped).toBe(0);
    expect(slow.events).toEqual(fast.events);
  });

  test('keeps two seconds behind a stalled inference and drops the oldest of what is more', async () => {
    const { gate, model } = openGate({ held: true });
    for (const frame of framesOf(new Int16Array(16 * 3000))) gate.push(frame);
    expect(gate.dropped).toBe(48);
    const flushed = gate.flush();
    await settle();
    while (model.waiting) {
      model.answer();
      await settle();
    }
    await flushed;
    expect(model.asked.length).toBeGreaterThan(60);
  });

  test('ends speech at a flush, at the place in the audio where it was asked for', async () => {
    const { gate, events } = openGate();
    const frames = framesOf(sound(500, 900));
    for (const frame of frames.slice(0, 50)) gate.push(frame);
    const flushed = gate.flush();
    for (const frame of frames.slice(50)) gate.push(frame);
    await flushed;
    expect(of(events, 'speech-end')[0]!.at).toBeLessThan(1000);
    await gate.flush();
    expect(outline(events).filter((word) => word.startsWith('speech-') && word !== 'speech-frame')).toEqual([
      'speech-start',
      'speech-end',
      'speech-start',
      'speech-end',
    ]);
  });

  test('forgets at a reset, a window in flight included', async () => {
    const { gate, model, events } = openGate({ held: true });
    await pushAll(gate, framesOf(sound(0, 900)));
    model.answer();
    await settle();
    model.answer();
    await settle();
    expect(gate.state).toBe('speaking');
    const flushed = gate.flush();
    gate.reset();
    await flushed;
    expect(gate.state).toBe('quiet');
    const told = events.length;
    model.answer();
    await settle();
    expect(model.waiting).toBe(false);
    expect(events.slice(told)).toEqual([]);
    expect(events.at(-1)).toEqual({ kind: 'state', state: 'quiet' });
    await pushAll(gate, framesOf(sound(0, 200), 20, 5000));
    for (let i = 0; i < 4; i++) {
      model.answer();
      await settle();
    }
    // The window began at the multiple of 32 ms before.
    expect(of(events, 'speech-start')[1]!.at).toBe(4992 - 16);
    expect(of(events, 'speech-start')[1]!.preroll[0]!.at).toBe(5000);
  });

  test('may be reset and closed by its own listener', async () => {
    const model = new VadDouble();
    const kinds: string[] = [];
    const gate: SpeechGate = createVadGate(model, {
      onEvent: (event) => {
        kinds.push(event.kind);
        if (event.kind === 'speech-start') gate.reset();
        if (kinds.length > 10) gate.close();
      },
    });
    await pushAll(gate, framesOf(sound(300, 900, 600)));
    await gate.flush();
    const eachTime = ['state', 'state', 'speech-start', 'state'];
    expect(kinds).toEqual([...eachTime, ...eachTime, ...eachTime]);
  });

  test('closes once and tells nothing after that', async () => {
    let closes = 0;
    const { gate, model, events } = openGate({ held: true }, { onClose: () => closes++ });
    await pushAll(gate, framesOf(sound(0, 900)));
    const flushed = gate.flush();
    gate.close();
    gate.close();
    await flushed;
    model.answer();
    await settle();
    gate.push(framesOf(sound(20))[0]!);
    gate.reset();
    await gate.flush();
    expect(events).toEqual([]);
    expect([closes, model.closes, model.asked.length]).toEqual([1, 1, 1]);
  });

  test('ends speech where the media clock jumps over the silence, and starts afresh behind it', async () => {
    const { gate, model, events } = openGate();
    await pushAll(gate, framesOf(sound(500, 500)));
    await pushAll(gate, framesOf(sound(0, 500), 20, 9000));
    await gate.flush();
    expect(of(events, 'speech-end').map(({ at }) => at)).toEqual([960, 9440]);
    expect(of(events, 'speech-start')[1]!.preroll[0]!.at).toBe(9000);
    expect(model.resets).toBe(1);
  });

  test('bridges a short hole in the media clock', async () => {
    const { gate, events } = openGate();
    const frames = framesOf(sound(500, 500, 600));
    await pushAll(
      gate,
      frames.filter((_, i) => i !== 30 && i !== 31),
    );
    await gate.flush();
    expect(of(events, 'speech-end').map(({ at }) => Math.abs(at - 1000) < 60)).toEqual([true]);
  });

  test('says once that inference fails, hands the audio on, and recovers', async () => {
    const judge = (window: Int16Array, index: number): number => {
      if (index === 22 || index === 23) throw ProviderError.unavailable('vad', 'no memory');
      return window[0]! > 0 ? 1 : 0;
    };
    const { gate, events } = openGate({ judge });
    const frames = framesOf(sound(500, 500, 600));
    await pushAll(gate, frames);
    await gate.flush();
    expect(of(events, 'failed').map(({ error }) => error.reason)).toEqual(['unavailable']);
    expect(of(events, 'speech-end')).toHaveLength(1);
    const out = handedOut(events);
    expect(out).toEqual(frames.slice(frames.indexOf(out[0]!), frames.indexOf(out[0]!) + out.length));
  });

  test('goes on when its listener throws, and does not hide the error', async () => {
    const later = jest.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
    try {
      let told = 0;
      const gate = createVadGate(new VadDouble(), {
        onEvent: () => {
          told++;
          throw new Error('listener');
        },
      });
      await pushAll(gate, framesOf(sound(300, 300, 600)));
      await gate.flush();
      expect(told).toBeGreaterThan(10);
      expect(later.mock.calls[0]![0]).toThrow('listener');
    } finally {
      later.mockRestore();
    }
  });

  test('refuses audio of another rate', () => {
    const { gate } = openGate();
    expect(() => gate.push({ samples: new Int16Array(480), rate: 24_000, at: 0 })).toThrow(RangeError);
  });

  test('lets its probability be read', async () => {
    const { gate } = openGate({ judge: () => 0.25 });
    expect(gate.probability).toBe(0);
    await pushAll(gate, framesOf(new Int16Array(1024)));
    await gate.flush();
    expect(gate.probability).toBe(0.25);
  });
});
