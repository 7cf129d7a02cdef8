// The server's one public door.
export * from './app.ts';
export * from './config/index.ts';
