import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { Device } from 'mediasoup-client';
import * as fake from 'mediasoup-client/fakeParameters';
import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler';
import type { MediaSource } from '../client/devices.ts';
import type { ConnectionState, Direction } from '../client/media.ts';

/** A device whose transports connect when told to. */
export class FakeDevice {
  readonly #handlers: FakeHandler[] = [];

  load = async (): Promise<Device> => {
    const { factory, ...rest } = FakeHandler.createFactory(fake);
    const handlers = this.#handlers;
    return new Device({
      handlerFactory: {
        ...rest,
        factory: (options) => {
          const handler = factory(options) as FakeHandler;
          Object.assign(handler, { direction: options.direction });
          handlers.push(handler);
          return handler;
        },
      },
    });
  };

  /** Reports a connection state from the newest transport of a direction. */
  report(direction: Direction, state: ConnectionState): void {
    const handler = this.#handlers.findLast(
      (each) => (each as unknown as { direction: string }).direction === direction,
    );
    if (!handler) throw new Error(`No ${direction} transport was made`);
    handler.setConnectionState(state);
  }
}

/** Stands in for an <audio> element; `blocked` like an autoplay rule. */
export class FakeAudio {
  srcObject: unknown = null;
  onpause: (() => void) | null = null;
  blocked = false;

  async play(): Promise<void> {
    if (this.blocked) throw new DOMException('The user has to interact first', 'NotAllowedError');
  }

  asElement(): HTMLAudioElement {
    return this as unknown as HTMLAudioElement;
  }
}

export const fakeTrack = (label = 'Test microphone'): MediaStreamTrack =>
  new FakeMediaStreamTrack({ kind: 'audio', label }) as unknown as MediaStreamTrack;

/** Microphones that open, or fail with `error`. */
export class FakeMedia implements MediaSource {
  error: Error | undefined;
  readonly opened: MediaStreamTrack[] = [];
  readonly asked: (MediaStreamConstraints | undefined)[] = [];

  async getUserMedia(constraints?: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints);
    if (this.error) throw this.error;
    const track = fakeTrack(`Microphone ${this.opened.length + 1}`);
    this.opened.push(track);
    return { getAudioTracks: () => [track] } as unknown as MediaStream;
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return [
      { kind: 'audioinput', deviceId: 'one', label: 'Desk microphone', groupId: '', toJSON: () => ({}) },
      { kind: 'audiooutput', deviceId: 'two', label: 'Loudspeaker', groupId: '', toJSON: () => ({}) },
    ];
  }
}

/** Node has no MediaStream; the SDK only hands it on. */
export function installMediaStream(): void {
  Object.assign(globalThis, {
    MediaStream: class {
      readonly tracks: unknown[];
      constructor(tracks: unknown[]) {
        this.tracks = tracks;
      }
    },
  });
}
