// A scripted double of child.ts: it loads nothing, and does what the model's `files.script` says.
import type { Answer, Request } from '../messages.ts';

const tell = (answer: Answer | { type: 'nonsense' }): void => void process.send?.(answer);

process.on('message', (request: Request) => {
  if (request.type === 'load') {
    const { script } = request.model.files;
    if (script === 'never loads') return;
    if (script === 'fails') return tell({ type: 'failed', message: 'the addon is not installed' });
    tell({ type: 'ready' });
    if (script === 'dies when loaded') setImmediate(() => process.exit(7));
    if (script === 'speaks nonsense') tell({ type: 'nonsense' });
  }
});
process.on('disconnect', () => process.exit(0));
