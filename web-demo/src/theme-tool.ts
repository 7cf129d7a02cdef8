import type { ToolSpec } from '@parley/signaling';

export const THEMES = ['light', 'dark', 'system'] as const;
export type Theme = (typeof THEMES)[number];

/** What the agent is told of the one thing that it can do to this page. */
export const themeTool: ToolSpec = {
  name: 'set_page_theme',
  description:
    'Changes the colours of the web page that the caller is looking at right now. Use it when they ask for dark mode, ' +
    'night mode or light mode, say that the screen is too bright or too dark, or want it back as it was (system). ' +
    'It takes effect at once, so do it without asking back, and say in a few words that it is done.',
  parameters: {
    type: 'object',
    properties: {
      theme: {
        type: 'string',
        enum: [...THEMES],
        description: "light, dark, or system for whatever the caller's own device prefers.",
      },
    },
    required: ['theme'],
    additionalProperties: false,
  },
  timeoutMs: 3000,
};

/** The theme that the model means. Throws what it is to be told where it made one up. */
export function themeOf({ theme }: Record<string, unknown>): Theme {
  const known = THEMES.find((each) => each === theme);
  if (!known) throw new TypeError(`theme must be one of ${THEMES.join(', ')}`);
  return known;
}
