// RTP over UDP: packets, their order in time, the 20 ms ticker, the socket. Imports contracts and kernel only.
export { DELAY_LIMITS, type DelayLimits } from './delay-target.ts';
export * from './jitter-buffer.ts';
export * from './packet.ts';
export * from './rtcp.ts';
export * from './sequence.ts';
export * from './socket.ts';
export * from './ticker.ts';
