import { referenceMarkdown } from './document.ts';

process.stdout.write(referenceMarkdown());
