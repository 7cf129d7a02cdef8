import type { CallLine } from '@parley/signaling/react';
import { useEffect, useRef } from 'react';

/** What both sides say, as it is said. */
export function Captions({ lines }: { lines: readonly CallLine[] }) {
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new words are what there is to scroll for
  useEffect(() => void end.current?.scrollIntoView({ block: 'nearest' }), [lines]);

  return (
    <div className="captions" role="log" aria-label="Transcript">
      {lines.map(({ key, speaker, text, final, interrupted }) => (
        <p key={key} data-speaker={speaker === 'caller' ? 'user' : 'agent'} data-final={final}>
          <span className="words">{text}</span>
          {interrupted && <small> interrupted</small>}
        </p>
      ))}
      <div ref={end} />
    </div>
  );
}
