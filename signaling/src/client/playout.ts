/** Running totals of a receiver, as getStats gives them; seconds and samples. */
export interface PlayoutTotals {
  readonly bufferSeconds: number;
  readonly bufferSamples: number;
  /** From buffer to loudspeaker; not every browser counts it. */
  readonly deviceSeconds: number;
  readonly deviceSamples: number;
}

/** The totals of the one audio stream a receiver's report is about; undefined before its first packet. */
export function playoutTotals(report: RTCStatsReport): PlayoutTotals | undefined {
  let inbound: Record<string, number> | undefined;
  let device: Record<string, number> | undefined;
  report.forEach((entry) => {
    if (entry.type === 'inbound-rtp') inbound = entry;
    if (entry.type === 'media-playout') device = entry;
  });
  if (inbound?.jitterBufferEmittedCount === undefined) return undefined;
  return {
    bufferSeconds: inbound.jitterBufferDelay ?? 0,
    bufferSamples: inbound.jitterBufferEmittedCount,
    deviceSeconds: device?.totalPlayoutDelay ?? 0,
    deviceSamples: device?.totalSamplesCount ?? 0,
  };
}

/** For how long no packet has come, in ms, by a receiver's report; undefined before the first one. */
export function silenceOf(report: RTCStatsReport): number | undefined {
  let silentMs: number | undefined;
  report.forEach(({ type, timestamp, lastPacketReceivedTimestamp: last }) => {
    if (type === 'inbound-rtp' && last !== undefined) silentMs = Math.max(0, Math.round(timestamp - last));
  });
  return silentMs;
}

/** Mean delay from a packet's arrival to the loudspeaker between two readings, in ms; undefined while nothing was played. */
export function playoutDelayMs(before: PlayoutTotals, after: PlayoutTotals): number | undefined {
  const samples = after.bufferSamples - before.bufferSamples;
  if (samples <= 0) return undefined;
  const played = after.deviceSamples - before.deviceSamples;
  const device = played > 0 ? (after.deviceSeconds - before.deviceSeconds) / played : 0;
  return Math.max(0, Math.round(((after.bufferSeconds - before.bufferSeconds) / samples + device) * 1000));
}
