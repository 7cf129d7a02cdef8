import { writeFileSync } from 'node:fs';
import type { Access } from './access/index.ts';
import type { Config } from './config/index.ts';
import type { TurnOptions } from './media/index.ts';

/** TURN as the configuration says; writes the secret down for a TURN server beside where that is asked for. */
export function turnOptions({ turn }: Config['media'], access: Access): TurnOptions {
  const secret = turn.secret ?? Buffer.from(access.keyFor('turn')).toString('base64url');
  if (turn.secretFile) writeFileSync(turn.secretFile, `${secret}\n`, { mode: 0o600 });
  return { urls: turn.urls, secret, ttlMinutes: turn.ttlMinutes };
}
