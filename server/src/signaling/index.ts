// Socket.IO: who may connect, what every message must look like, and one handler for each request. Imports
// @parley/signaling/protocol, rooms/, agents/ and observe/.
export * from './gateway.ts';
