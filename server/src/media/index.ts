// The SFU: workers, routers, transports and the addresses they are reached by. Imports mediasoup and observe/.
export * from './addresses.ts';
export * from './candidates.ts';
export * from './codecs.ts';
export * from './data-channel.ts';
export * from './errors.ts';
export * from './probe.ts';
export * from './reachable.ts';
export * from './router.ts';
export * from './turn.ts';
export * from './workers.ts';
