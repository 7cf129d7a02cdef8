import type { TestApp } from './app.ts';
import type { TestClient } from './client.ts';
import type { FakeSession } from './fake-host.ts';

/** A caller in a room of its own making, with the session that its agent has. */
export async function joined(
  house: TestApp,
  room = 'lobby',
): Promise<{ caller: TestClient; session: FakeSession; callerId: string; secret: string; seq: number }> {
  const host = await house.hosts.next();
  house.hosts.put(host);
  const caller = await house.client();
  const { callerId, resume, seq } = await caller.ask('join', { room });
  return { caller, callerId, secret: resume.secret, seq, session: await host.sessions.next() };
}
