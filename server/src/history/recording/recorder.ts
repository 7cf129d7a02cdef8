import { join } from 'node:path';
import type { Clock, Logger } from '../../observe/index.ts';
import type { Room, RoomProducer } from '../../rooms/index.ts';
import { Recording } from './recording.ts';

export interface RecorderOptions {
  /** Where all recordings are. */
  readonly folder: string;
  /** Time since the call was opened, in ms. */
  readonly elapsedMs: () => number;
  readonly log: Logger;
  readonly clock: Clock;
}

/** The folder of a call's recordings, and the file of one caller in it. */
export const recordingsOf = (folder: string, call: string): string => join(folder, call);
export const recordingFile = (folder: string, call: string, caller: string): string =>
  join(recordingsOf(folder, call), `${caller}.ogg`);

/** Records a room: a file for each caller who sends audio, with that caller left and the agent right. */
export class Recorder {
  readonly #room: Room;
  readonly #options: RecorderOptions;
  readonly #recordings = new Map<string, Recording>();
  readonly #untaps = new Map<string, () => void>();
  #closing: Promise<void> | undefined;

  constructor(room: Room, options: RecorderOptions) {
    this.#room = room;
    this.#options = options;
    room.events.on('caller-joined', ({ id }) => void this.#recordingOf(id));
    for (const producer of room.producers) void this.#listen(producer);
    room.events.on('producer-added', (producer) => void this.#listen(producer));
    room.events.on('producer-removed', ({ producerId }) => {
      this.#untaps.get(producerId)?.();
      this.#untaps.delete(producerId);
    });
    room.events.on('caller-left', ({ id }) => void this.#recordings.get(id)?.close());
  }

  /** The same promise every time. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    for (const untap of this.#untaps.values()) untap();
    await Promise.all([...this.#recordings.values()].map((recording) => recording.close()));
  }

  async #listen({ producerId, peerId }: RoomProducer): Promise<void> {
    const { log } = this.#options;
    const onPacket = this.#room.isAgent(peerId) ? this.#hearAgent() : this.#hearCaller(peerId);
    try {
      const untap = await this.#room.tap(producerId, onPacket);
      if (this.#closing) untap();
      else this.#untaps.set(producerId, untap);
    } catch (error) {
      if (!this.#room.closed) log.error({ err: error }, 'a voice cannot be recorded');
    }
  }

  #hearAgent(): (packet: Uint8Array) => void {
    for (const { agent } of this.#recordings.values()) agent.restart();
    return (packet) => {
      for (const { agent } of this.#recordings.values()) agent.put(packet, this.#options.elapsedMs());
    };
  }

  #hearCaller(callerId: string): (packet: Uint8Array) => void {
    const { caller } = this.#recordingOf(callerId);
    caller.restart();
    return (packet) => caller.put(packet, this.#options.elapsedMs());
  }

  #recordingOf(callerId: string): Recording {
    const known = this.#recordings.get(callerId);
    if (known) return known;
    const { folder, elapsedMs, log, clock } = this.#options;
    const file = recordingFile(folder, this.#room.id, callerId);
    const recording = Recording.start({ file, elapsedMs, log, clock });
    this.#recordings.set(callerId, recording);
    return recording;
  }
}
