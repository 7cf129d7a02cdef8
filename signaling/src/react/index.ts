// Hooks for React on top of the client: the second door of the package. May import client/ and react.
export { type CallHandle, type CallLine, useParleyCall, useParleyDevices } from './hooks.ts';
