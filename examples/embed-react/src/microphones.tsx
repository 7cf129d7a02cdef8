import type { InCall } from '@parley/signaling';
import { useParleyDevices } from '@parley/signaling/react';
import { useEffect } from 'react';

interface Props {
  current: InCall['microphone'];
  choose: (deviceId: string) => Promise<void>;
}

/** Switches the microphone in mid-call. Where one cannot be opened, the old one stays. */
export function Microphones({ current, choose }: Props) {
  const { microphones, refresh } = useParleyDevices();
  // Names are known once a microphone was allowed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another microphone may have been plugged in
  useEffect(refresh, [current]);
  if (current.kind === 'off') return null;

  return (
    <label>
      Microphone
      <select value={current.deviceId} onChange={({ target }) => choose(target.value).catch(console.warn)}>
        {microphones.map(({ deviceId, label }) => (
          <option key={deviceId} value={deviceId}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
