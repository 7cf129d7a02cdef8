// First of all imports. The server's policy allows no code made from text; zod would try once, and the browser report it.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
