import type { Theme } from '../theme-tool.ts';
import { setAttribute } from './dom.ts';

/** Colours of the page, and of the browser around it. */
export function showTheme(document: Document, theme: Theme): void {
  setAttribute(document.documentElement, 'data-theme', theme === 'system' ? undefined : theme);
  for (const meta of document.querySelectorAll<HTMLElement>('meta[data-theme-color]')) {
    const mine = meta.dataset.themeColor;
    const media = theme === 'system' ? `(prefers-color-scheme: ${mine})` : mine === theme ? 'all' : 'not all';
    setAttribute(meta, 'media', media);
  }
}
