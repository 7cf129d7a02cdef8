import * as z from 'zod';

/** What the loader must know of a key besides its schema; put there with `.meta()`. */
export interface KeyMeta {
  /** A short environment variable beside the derived PARLEY_ one. */
  readonly env?: string;
  /** Never printed. */
  readonly secret?: boolean;
}

export const port = z.int().min(0).max(65_535);
export const ms = z.int().min(0).max(3_600_000);
export const some = z.string().min(1);
export const url = z.url({ protocol: /^https?$/ });
export const languageTag = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);
