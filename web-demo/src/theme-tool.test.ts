import { expect, test } from '@jest/globals';
import { requests } from '@parley/signaling';
import { THEMES, themeOf, themeTool } from './theme-tool.ts';

test('the tool is one that the server takes', () => {
  expect(requests['offer-tools'].request.safeParse({ tools: [themeTool] }).success).toBe(true);
});

test('each theme that the model is told of is known', () => {
  for (const theme of THEMES) expect(themeOf({ theme })).toBe(theme);
});

test('a theme that the model made up is refused in words that help it', () => {
  for (const args of [{}, { theme: 'blue' }, { theme: null }]) {
    expect(() => themeOf(args)).toThrow('theme must be one of light, dark, system');
  }
});
