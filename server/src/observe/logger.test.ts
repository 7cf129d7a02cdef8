import { expect, test } from '@jest/globals';
import { createLogger, type LogOptions } from './logger.ts';

function logged(options: Partial<LogOptions>, use: (log: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  use(createLogger({ level: 'info', format: 'auto', ...options }, { write: (line: string) => void lines.push(line) }));
  return lines;
}

test('programs read JSON lines', () => {
  const [line = ''] = logged({}, (log) => log.warn({ room: 'lobby' }, 'room closed'));
  expect(JSON.parse(line)).toMatchObject({ level: 'warn', msg: 'room closed', room: 'lobby' });
});

test('people read one short line', () => {
  const lines = logged({ format: 'pretty' }, (log) => {
    log.info({ room: 'lobby', ports: [1] }, 'room opened');
    log.warn({ err: new Error('no route') }, 'cannot connect');
  });
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d room opened {2}room=lobby {2}ports=\[1\]\n$/);
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d warn cannot connect: no route\n$/);
});

test('an error comes with its stack where something is broken', () => {
  const [line] = logged({ format: 'pretty' }, (log) => log.error({ err: new Error('boom') }, 'failed'));
  expect(line).toMatch(/error failed\nError: boom\n +at /);
});

test('what is below the level is not written', () => {
  expect(logged({ level: 'warn' }, (log) => log.info('quiet'))).toEqual([]);
  expect(logged({ level: 'silent' }, (log) => log.error('quiet'))).toEqual([]);
});

test('tokens and secrets are never written', () => {
  const join = { token: 'eyJ-1', secret: 'hush-1' };
  const [line] = logged({}, (log) => log.info({ token: 'eyJ-2', join, request: { join } }, 'joining'));
  expect(line).not.toMatch(/eyJ-|hush-/);
});

test('keys of engines are never written', () => {
  const [line] = logged({}, (log) => log.info({ engines: { openai: { apiKey: 'sk-1' } }, apiKey: 'sk-2' }, 'config'));
  expect(line).not.toContain('sk-');
});
