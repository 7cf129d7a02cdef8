import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { exampleYaml, referenceMarkdown } from './document.ts';
import { parseConfigFile } from './file.ts';
import { configKeys } from './keys.ts';
import { configSchema } from './schema.ts';

const inRepository = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('config.example.yaml is what the schema says (else: node server/src/config/print-example.ts > config.example.yaml)', () => {
  expect(inRepository('config.example.yaml')).toBe(exampleYaml());
});

test('docs/configuration.md is what the schema says (else: node server/src/config/print-docs.ts > docs/configuration.md)', () => {
  expect(inRepository('docs/configuration.md')).toBe(referenceMarkdown());
});

test('loading the example changes no default', () => {
  expect(configSchema.parse(parseConfigFile('config.example.yaml', exampleYaml()).tree)).toEqual(
    configSchema.parse({}),
  );
});

test('the example and the reference name every key', () => {
  for (const { path } of configKeys) {
    expect(exampleYaml()).toMatch(new RegExp(`^ *(# )?${path.at(-1)}:`, 'm'));
    expect(referenceMarkdown()).toContain(`\`${path.join('.')}\``);
  }
});
