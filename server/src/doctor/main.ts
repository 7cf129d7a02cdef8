// What `npm run doctor` does once Node and the dependencies are there.
import { parseArgs } from 'node:util';
import { createLogger } from '../observe/index.ts';
import { examine, isHealthy, printed } from './index.ts';

process.env.ORT_DISABLE_TELEMETRY ??= '1';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, clock: { type: 'string', default: 'https://www.debian.org' } },
});
const log = createLogger({ level: 'silent', format: 'json' });
const findings = await examine({ directory: process.cwd(), env: process.env, log, clockUrl: values.clock });
process.stdout.write(
  `${values.json ? JSON.stringify({ healthy: isHealthy(findings), findings }, null, 2) : printed(findings)}\n`,
);
process.exit(isHealthy(findings) ? 0 : 1);
