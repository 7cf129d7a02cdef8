import { useParleyCall } from '@parley/signaling/react';
import { Captions } from './captions.tsx';
import { Microphones } from './microphones.tsx';
import { parley } from './parley.ts';
import { statusOf } from './status.ts';

export function App() {
  const call = useParleyCall(parley);
  const { state, agent, lines } = call;
  const isInCall = state.kind === 'in-call';
  const isBusy = state.kind !== 'idle' && state.kind !== 'ended';
  const { text, error } = statusOf(state, agent);

  return (
    <main data-call-state={state.kind} data-agent-state={agent}>
      <header>
        <span className="orb" aria-hidden="true" />
        <div>
          <h1>Talk to the agent</h1>
          <p role="status" data-error={error}>
            {text}
          </p>
        </div>
      </header>

      <div className="row">
        {!isBusy && (
          <button type="button" onClick={() => call.join()}>
            Start call
          </button>
        )}
        {isBusy && (
          <button type="button" className="danger" onClick={call.leave}>
            End call
          </button>
        )}
        {isInCall && (
          <button type="button" className="plain" disabled={agent !== 'speaking'} onClick={() => call.interrupt()}>
            Interrupt
          </button>
        )}
        {isInCall && state.audio === 'blocked' && (
          <button type="button" onClick={() => call.resumeAudio()}>
            Hear the agent
          </button>
        )}
        {isInCall && <Microphones current={state.microphone} choose={call.switchMicrophone} />}
      </div>

      <Captions lines={lines} />
    </main>
  );
}
