// The program. Compiled code is kept between starts, and types are stripped once: that saves a third of the start.
import { enableCompileCache } from 'node:module';

// onnxruntime tells its makers how it is used, unless it is told not to. Native code reads the environment at load.
process.env.ORT_DISABLE_TELEMETRY ??= '1';

const { directory } = enableCompileCache();
// Worker threads learn it from here.
if (directory) process.env.NODE_COMPILE_CACHE ??= directory;

const { serve } = await import('./serve.ts');
await serve(process.cwd(), process.env);
