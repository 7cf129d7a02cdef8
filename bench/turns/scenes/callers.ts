// The callers of one scene at a time, in a process of their own: what holds up its clock is no other scene's, nor the
// server's. Argument: where in the 20 ms raster the packets leave, in ms.
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import { OpusLibrary } from '../../../agent/src/codec/index.ts';
import type { FromScenes, PlayOrder, ToScenes } from './messages.ts';
import { Play } from './play.ts';
import { Loudspeaker, loadScenes, Microphone, type Scene } from './replay.ts';

const phaseMs = Number(process.argv[2]);
const tellParent = (message: FromScenes): void => void process.send?.(message);
const library = await OpusLibrary.load();
const scenes = loadScenes();
let playing: Play | undefined;

async function play({ scene, room, url }: PlayOrder): Promise<void> {
  playing = new Play({
    scene: scenes.get(scene) as Scene,
    room,
    url,
    library,
    phaseMs,
    tell: (truth) => tellParent({ truth }),
  });
  try {
    tellParent({ played: await playing.run(), room });
  } catch (error) {
    tellParent({ error: error instanceof Error ? (error.stack ?? error.message) : String(error), room });
  }
}

// Noises and rooms are kept once they are made, and that takes time.
for (const { callers } of scenes.values()) {
  for (const caller of Object.values(callers)) {
    new Microphone(caller, 0);
    if (caller.echo) new Loudspeaker(caller.echo);
  }
}

process.on('message', (message: ToScenes) => {
  if ('play' in message) void play(message.play);
  else playing?.take(message.note);
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
