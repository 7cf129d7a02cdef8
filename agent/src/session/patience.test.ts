import { describe, expect, test } from '@jest/globals';
import { Scope } from '../kernel/index.ts';
import { ManualClock, settle } from '../testing/manual-clock.ts';
import { Patience, type PatienceOptions } from './patience.ts';

const MINUTE = 60_000;

/** A call with a prompt after a minute, two of them, and a limit of ten minutes. What is said takes two seconds. */
function call(settings: Partial<PatienceOptions['settings']> = {}) {
  const scope = new Scope('session');
  const clock = new ManualClock();
  const events: string[] = [];
  const log = (what: string): void => void events.push(`${clock.now() / 1000} s: ${what}`);
  const speech = { ms: 2000, fails: false };
  const patience = new Patience({
    scope,
    clock,
    settings: { idlePromptMs: MINUTE, idlePrompts: 2, maxCallMs: 0, ...settings },
    say: async (what) => {
      log(what);
      if (speech.fails) throw new Error('no voice');
      patience.busy(true);
      await new Promise<void>((resolve) => clock.after(speech.ms, resolve));
      patience.busy(false);
      patience.activity('agent');
    },
    end: (reason) => log(`end: ${reason}`),
  });
  return { scope, clock, patience, events, speech };
}

describe('silence', () => {
  test('is asked about, as often as is set, then the agent says good-bye and ends the call', async () => {
    const { clock, patience, events } = call();
    patience.present();
    await clock.advance(10 * MINUTE);
    expect(events).toEqual(['60 s: still-there', '122 s: still-there', '184 s: goodbye-idle', '186 s: end: idle']);
  });

  test('is ended without a question where none is set', async () => {
    const { clock, patience, events } = call({ idlePrompts: 0 });
    patience.present();
    await clock.advance(10 * MINUTE);
    expect(events).toEqual(['60 s: goodbye-idle', '62 s: end: idle']);
  });

  test('is left alone where no time is set, and before anybody is there', async () => {
    const never = call({ idlePromptMs: 0 });
    never.patience.present();
    await never.clock.advance(100 * MINUTE);
    expect(never.events).toEqual([]);
    const nobody = call({ maxCallMs: MINUTE });
    await nobody.clock.advance(100 * MINUTE);
    expect(nobody.events).toEqual([]);
  });

  test('counts from the last words of a caller, who is then asked as often as before', async () => {
    const { clock, patience, events } = call();
    patience.present();
    await clock.advance(125_000);
    patience.activity('caller');
    await clock.advance(3 * MINUTE);
    expect(events).toEqual(['60 s: still-there', '122 s: still-there', '185 s: still-there', '247 s: still-there']);
  });

  test('stands still while somebody has the floor or the agent is at work', async () => {
    const { clock, patience, events } = call();
    patience.present();
    await clock.advance(50_000);
    patience.busy(true);
    await clock.advance(5 * MINUTE);
    expect(events).toEqual([]);
    patience.busy(false);
    await clock.advance(9999);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(events).toEqual(['360 s: still-there']);
  });

  test('of an empty room is not asked about; who comes back is given all the time again', async () => {
    const { clock, patience, events } = call();
    patience.present();
    await clock.advance(130_000);
    patience.empty();
    await clock.advance(10 * MINUTE);
    patience.present();
    await clock.advance(2 * MINUTE);
    expect(events.slice(2)).toEqual(['790 s: still-there']);
  });
});

describe('an idle good-bye', () => {
  test.each(['said', 'cut'] as const)('is called off by a caller who speaks, whether it is %s', async (how) => {
    const { clock, patience, events, speech } = call({ idlePrompts: 0 });
    speech.ms = how === 'cut' ? 500 : 2000;
    patience.present();
    await clock.advance(MINUTE);
    patience.activity('caller');
    patience.busy(true);
    await clock.advance(3000);
    patience.busy(false);
    patience.activity('caller');
    await clock.advance(59_000);
    expect(events).toEqual(['60 s: goodbye-idle']);
    await clock.advance(10_000);
    expect(events).toEqual(['60 s: goodbye-idle', '123 s: goodbye-idle', `${123 + speech.ms / 1000} s: end: idle`]);
  });

  test('that cannot be said, or never ends, ends the call all the same', async () => {
    const mute = call({ idlePrompts: 1 });
    mute.speech.fails = true;
    mute.patience.present();
    await mute.clock.advance(3 * MINUTE);
    expect(mute.events).toEqual(['60 s: still-there', '120 s: goodbye-idle', '120 s: end: idle']);
    const stuck = call({ idlePrompts: 0 });
    stuck.speech.ms = 10 * MINUTE;
    stuck.patience.present();
    await stuck.clock.advance(3 * MINUTE);
    expect(stuck.events).toEqual(['60 s: goodbye-idle', '75 s: end: idle']);
  });

  test('is of no use when the last caller leaves', async () => {
    const { clock, patience, events } = call({ idlePrompts: 0 });
    patience.present();
    await clock.advance(61_000);
    patience.empty();
    await clock.advance(10 * MINUTE);
    expect(events).toEqual(['60 s: goodbye-idle']);
  });
});

describe('the limit of a call', () => {
  const limited = () => call({ idlePromptMs: 0, maxCallMs: 10 * MINUTE });

  test('counts from the first caller, and ends the call with a good-bye that nobody calls off', async () => {
    const { clock, patience, events } = limited();
    await clock.advance(MINUTE);
    patience.present();
    await clock.advance(5 * MINUTE);
    patience.empty();
    patience.present();
    await clock.advance(5 * MINUTE);
    patience.activity('caller');
    await clock.advance(MINUTE);
    expect(events).toEqual(['660 s: goodbye-time-limit', '662 s: end: time-limit']);
  });

  test('waits for the end of an answer', async () => {
    const { clock, patience, events } = limited();
    patience.present();
    await clock.advance(599_000);
    patience.busy(true);
    await clock.advance(5000);
    expect(events).toEqual([]);
    patience.busy(false);
    await clock.advance(MINUTE);
    expect(events).toEqual(['604 s: goodbye-time-limit', '606 s: end: time-limit']);
  });

  test('but not for long', async () => {
    const { clock, patience, events } = limited();
    patience.present();
    patience.busy(true);
    await clock.advance(20 * MINUTE);
    expect(events).toEqual(['610 s: goodbye-time-limit', '612 s: end: time-limit']);
  });

  test('ends a room that is empty without a word', async () => {
    const { clock, patience, events } = limited();
    patience.present();
    patience.empty();
    await clock.advance(20 * MINUTE);
    expect(events).toEqual(['600 s: end: time-limit']);
  });

  test('that comes during an idle good-bye ends what a caller has called off', async () => {
    const { clock, patience, events } = call({ idlePrompts: 0, maxCallMs: 61_000 });
    patience.present();
    await clock.advance(61_500);
    patience.activity('caller');
    await clock.advance(10 * MINUTE);
    expect(events).toEqual(['60 s: goodbye-idle', '62 s: goodbye-time-limit', '64 s: end: time-limit']);
  });

  test('lets an idle good-bye end the call, once', async () => {
    const { clock, patience, events } = call({ idlePrompts: 0, maxCallMs: 61_000 });
    patience.present();
    await clock.advance(10 * MINUTE);
    expect(events).toEqual(['60 s: goodbye-idle', '62 s: end: idle']);
  });
});

test('a session that closes is waited for no longer', async () => {
  const { scope, clock, patience, events } = call({ idlePrompts: 0, maxCallMs: 10 * MINUTE });
  patience.present();
  await clock.advance(61_000);
  await scope.close('done');
  await settle();
  patience.activity('caller');
  patience.present();
  await clock.advance(20 * MINUTE);
  expect(events).toEqual(['60 s: goodbye-idle']);
});
