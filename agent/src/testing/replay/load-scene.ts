import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Scene, scene } from './scene.ts';

/** A scene's file is not as it should be; the message says where, one line for each fault. */
export class SceneError extends Error {
  constructor(file: string, faults: readonly string[]) {
    super(faults.map((fault) => `${file}:${fault}`).join('\n'));
    this.name = 'SceneError';
  }
}

const FOLDER = new URL('../scenes/', import.meta.url);

/** Every scene of the folder by its file's name, in order. Throws SceneError. */
export function loadScenes(folder: URL = FOLDER): Map<string, Scene> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return new Map(files.sort().map((file) => [basename(file, '.yaml'), loadScene(new URL(file, folder))]));
}

/** Throws SceneError. */
export const loadScene = (file: URL): Scene => parseScene(readFileSync(file, 'utf8'), basename(file.pathname));

/** Throws SceneError, which calls the text `file`. */
export function parseScene(text: string, file: string): Scene {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const lineAt = (offset: number | undefined): number => lineCounter.linePos(offset ?? 0).line;
  if (document.errors.length > 0) {
    throw new SceneError(
      file,
      document.errors.map(({ pos, message }) => `${lineAt(pos[0])}: ${message.split('\n')[0]}`),
    );
  }
  const parsed = scene.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as { range?: [number] } | undefined;
      if (node?.range) return lineAt(node.range[0]);
    }
    return 1;
  };
  throw new SceneError(
    file,
    parsed.error.issues
      .flatMap((issue) => deepest(issue))
      .map(({ path, message }) => `${lineOf(path)}: ${path.join('.')}: ${message}`),
  );
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of a value that fits none of several shapes, the faults of the shape that it comes closest to. */
function deepest(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: issue.message }];
  const depth = (issues: readonly z.core.$ZodIssue[]): number =>
    Math.max(...issues.map((each) => each.path.length + (each.code === 'invalid_type' ? 0 : 1)));
  const closest = issue.errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
  return closest.flatMap((each) => deepest(each, path));
}
