// A plugin of TypeDoc: the page of the protocol, which is schemas and not types, is written from those.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Application, type Context, Converter, PageEvent } from 'typedoc';
import type ts from 'typescript';
import { exportsOf } from './docstrings.ts';
import { protocolPage } from './protocol-page.ts';

const PROTOCOL = fileURLToPath(new URL('../../signaling/src/protocol/index.ts', import.meta.url));
const introduction = readFileSync(new URL('protocol.md', import.meta.url), 'utf8');

export function load(app: Application): void {
  let programs: readonly ts.Program[] = [];
  app.converter.on(Converter.EVENT_BEGIN, (context: Context) => {
    programs = context.programs;
  });
  app.renderer.on(PageEvent.END, (page: PageEvent) => {
    if (page.url !== 'protocol.md') return;
    const program = programs.find((each) => each.getSourceFile(PROTOCOL))!;
    page.contents = protocolPage(exportsOf(program, PROTOCOL), introduction);
  });
}
