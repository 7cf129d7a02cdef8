// A host thread for scenes: each call is the product's host with the engines and settings of the scene that its room is
// named for. Silero, Opus, RTP and the conversation itself are the product's.
import { BroadcastChannel, parentPort } from 'node:worker_threads';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { createHearing } from '../../../agent/src/hearing/index.ts';
// biome-ignore lint/style/noRestrictedImports: the messages of the host's thread
import type { FromHost, ToHost } from '../../../agent/src/host/messages.ts';
import { NOTES_CHANNEL, TRUTH_CHANNEL } from '../timeline.ts';
import { type SceneNote, type SceneTruth, sceneOf } from './messages.ts';
import { loadScenes } from './replay.ts';
import { SceneHost } from './scene-host.ts';

if (!parentPort) throw new Error('this module runs on a worker thread');
const port = parentPort;
const scenes = loadScenes();
const hearing = await createHearing();
const truths = new BroadcastChannel(TRUTH_CHANNEL);
const notes = new BroadcastChannel(NOTES_CHANNEL);
const note = (each: SceneNote): void => notes.postMessage(each);
/** By session. */
const hosts = new Map<string, SceneHost>();
const byRoom = new Map<string, SceneHost>();

function tell(message: FromHost): void {
  port.postMessage(message);
  if (message.type !== 'closed') return;
  void hosts.get(message.session)?.close();
  hosts.delete(message.session);
}

/** A session's name is its room's with more after a dot. */
function hostFor({ session, type }: Extract<ToHost, { session: string }>): SceneHost | undefined {
  if (type !== 'open') return hosts.get(session);
  const room = session.slice(0, session.indexOf('.'));
  const scene = scenes.get(sceneOf(room));
  if (!scene) return undefined;
  const host = new SceneHost({ scene, room, hearing, tell, note });
  hosts.set(session, host);
  byRoom.set(room, host);
  return host;
}

truths.onmessage = (event) => {
  const { data } = event as { data: SceneTruth };
  byRoom.get(data.room)?.learn(data);
};
port.on('message', async (message: ToHost) => {
  if ('session' in message) {
    const host = hostFor(message);
    if (host) host.handle(message);
    else if (message.type === 'open')
      tell({ type: 'refused', session: message.session, message: 'there is no such scene' });
  } else if (message.type === 'shutdown') {
    await Promise.all([...hosts.values()].map((host) => host.close()));
    await hearing.close();
    truths.close();
    notes.close();
    tell({ type: 'bye' });
    port.close();
  } else if (message.type !== 'never-mind') {
    const failure = { reason: 'unsupported', message: 'the host of the scenes answers nothing else' } as const;
    tell({ type: 'no-answer', request: message.request, failure });
  }
});
tell({ type: 'ready', choices: [] });
