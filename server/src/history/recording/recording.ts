import { randomInt } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger } from '../../observe/index.ts';
import { OggPages } from './ogg.ts';
import { type OpusUnit, packetOf, SILENCE, UNIT_MS } from './opus.ts';
import { Track } from './track.ts';

const pairOf = (left: OpusUnit, right: OpusUnit): Uint8Array =>
  Buffer.concat([packetOf(left, { delimited: true }), packetOf(right, { delimited: false })]);
const SILENT_PAIR = pairOf(SILENCE, SILENCE);

export interface RecordingOptions {
  readonly file: string;
  /** Time since the call was opened, in ms; the recording begins there. */
  readonly elapsedMs: () => number;
  readonly log: Logger;
  readonly clock: Clock;
}

/** A page each second: so much is lost at most when the server is killed. */
const PAGE_MS = 1000;
/** Packets may come so late, in ms: lost ones are sent again. */
const PATIENCE_MS = 400;
/** Pages that wait for the disk; with more the recording ends, the call goes on. */
const MOST_PAGES = 60;

/** Caller left, agent right, as they were encoded, written as the call goes on. */
export class Recording {
  readonly caller = new Track({ sentAfter: true });
  readonly agent = new Track({ sentAfter: false });
  readonly #options: RecordingOptions;
  readonly #pages = new OggPages(randomInt(2 ** 32));
  #units = 0;
  #pending = 0;
  #writing: Promise<void>;
  #file: FileHandle | undefined;
  #failed = false;
  #cancel: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: RecordingOptions) {
    this.#options = options;
    this.#writing = this.#open();
  }

  static start(options: RecordingOptions): Recording {
    const recording = new Recording(options);
    recording.#write(recording.#pages.head(['TITLE=left: caller, right: agent']));
    // What was before this caller came is silence.
    recording.#write(recording.#pages.pages(recording.#takeUntil(options.elapsedMs() - PATIENCE_MS)));
    recording.#tick();
    return recording;
  }

  /** Writes what has come. The same promise every time. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    this.#cancel?.();
    this.#write(this.#pages.pages(this.#takeUntil(this.#options.elapsedMs()), { last: true }));
    await this.#writing;
    await this.#file?.close().catch(() => {});
    const unfit = this.caller.unfit + this.agent.unfit;
    if (unfit > 0) this.#options.log.warn({ packets: unfit }, 'a recording has gaps: packets were not of 10 or 20 ms');
  }

  #tick(): void {
    this.#cancel = this.#options.clock.after(PAGE_MS, () => {
      this.#write(this.#pages.pages(this.#takeUntil(this.#options.elapsedMs() - PATIENCE_MS)));
      if (!this.#failed) this.#tick();
    });
  }

  #takeUntil(ms: number): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (; (this.#units + 1) * UNIT_MS <= ms; this.#units++) {
      const [left, right] = [this.caller.take(), this.agent.take()];
      packets.push(left === SILENCE && right === SILENCE ? SILENT_PAIR : pairOf(left, right));
    }
    return packets;
  }

  async #open(): Promise<void> {
    try {
      await mkdir(dirname(this.#options.file), { recursive: true, mode: 0o700 });
      this.#file = await open(this.#options.file, 'wx', 0o600);
    } catch (error) {
      this.#fail(error);
    }
  }

  #write(page: Uint8Array): void {
    if (this.#failed || page.length === 0) return;
    if (this.#pending >= MOST_PAGES) {
      this.#fail(new Error('the disk does not keep up'));
      return;
    }
    this.#pending++;
    this.#writing = this.#writing.then(async () => {
      try {
        if (!this.#failed) await this.#file?.appendFile(page);
      } catch (error) {
        this.#fail(error);
      }
      this.#pending--;
    });
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#options.log.error({ err: error, file: this.#options.file }, 'a recording ends early; the call goes on');
  }
}
