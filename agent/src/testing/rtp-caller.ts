import { OpusLibrary } from '../codec/index.ts';
import { type EarRtp, FRAME_MS, HEARING_RATE, type MouthRtp } from '../contracts/index.ts';
import { systemClock } from '../kernel/index.ts';
import { RtpSocket, serializeRtp, Ticker } from '../rtp/index.ts';

/** Silence after a clip, in which turns end. */
const SILENCE_MS = 1000;
const RTP_STEP = (48_000 * FRAME_MS) / 1000;

/** The SFU's side of one caller: real Opus over real RTP, in real time. */
export class RtpCaller {
  readonly ear: EarRtp;
  readonly mouth: MouthRtp;
  /** Packets of the agent's voice. */
  heard = 0;
  readonly #library: OpusLibrary;
  readonly #socket: RtpSocket;
  readonly #ticker = new Ticker({ clock: systemClock });
  #sequence = 0;

  private constructor(callerId: string, library: OpusLibrary, socket: RtpSocket) {
    this.ear = { callerId, ssrc: 1111, payloadType: 111 };
    this.mouth = { ssrc: 2222, payloadType: 100, remote: socket.address };
    this.#library = library;
    this.#socket = socket;
    socket.route(this.mouth.ssrc, () => {
      this.heard++;
    });
  }

  static async open(callerId: string): Promise<RtpCaller> {
    const [library, socket] = await Promise.all([OpusLibrary.load(), RtpSocket.open({ ip: '127.0.0.1' })]);
    return new RtpCaller(callerId, library, socket);
  }

  /** Resolves when the clip (16 kHz) and a second of silence are sent to a session's port on this machine. */
  say(samples: Int16Array, port: number): Promise<void> {
    const { ssrc, payloadType } = this.ear;
    const encoder = this.#library.encoder({ rate: HEARING_RATE });
    const size = (HEARING_RATE * FRAME_MS) / 1000;
    const frames = Math.ceil(samples.length / size) + SILENCE_MS / FRAME_MS;
    let n = 0;
    return new Promise((resolve) => {
      const leave = this.#ticker.add(() => {
        const frame = new Int16Array(size);
        frame.set(samples.subarray(n * size, (n + 1) * size));
        const sequence = this.#sequence++;
        const packet = { ssrc, payloadType, sequence, timestamp: sequence * RTP_STEP, payload: encoder.encode(frame) };
        this.#socket.send(serializeRtp(packet), { ip: '127.0.0.1', port });
        if (++n < frames) return;
        leave();
        encoder.close();
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return this.#socket.close();
  }
}
