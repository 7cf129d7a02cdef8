import type { OfflineTts } from './child-addon.ts';
import { type Engine, type Tell, toInt16 } from './child-engine.ts';
import type { Request } from './messages.ts';

type Text = Extract<Request, { type: 'speak' }>;

/** Speaks one text at a time, the others in the order in which they came: two at once would both be late. */
export class Voice implements Engine {
  readonly #tts: OfflineTts;
  readonly #tell: Tell;
  /** At most as many as there are requests. */
  readonly #texts = new Map<number, Text>();
  #speaking = false;

  constructor(tts: OfflineTts, tell: Tell) {
    this.#tts = tts;
    this.#tell = tell;
  }

  take(request: Exclude<Request, { type: 'load' }>): void {
    if (request.type === 'cancel') this.#texts.delete(request.id);
    if (request.type !== 'speak') return;
    this.#texts.set(request.id, request);
    if (!this.#speaking) void this.#speakAll();
  }

  async #speakAll(): Promise<void> {
    this.#speaking = true;
    for (;;) {
      const [next] = this.#texts.values();
      if (!next) break;
      await this.#speak(next);
      this.#texts.delete(next.id);
    }
    this.#speaking = false;
  }

  async #speak({ id, text, speaker, speed }: Text): Promise<void> {
    let given = 0;
    try {
      const { samples } = await this.#tts.generateAsync({
        text,
        enableExternalBuffer: false,
        generationConfig: { sid: speaker, speed },
        onProgress: (chunk) => {
          if (!this.#texts.has(id)) return false;
          given += chunk.samples.length;
          this.#tell({ type: 'chunk', id, samples: toInt16(chunk.samples), progress: chunk.progress });
          return true;
        },
      });
      if (!this.#texts.has(id)) return;
      if (given < samples.length)
        this.#tell({ type: 'chunk', id, samples: toInt16(samples.subarray(given)), progress: 1 });
      this.#tell({ type: 'done', id });
    } catch (error) {
      if (this.#texts.has(id)) this.#tell({ type: 'error', id, message: String(error) });
    }
  }
}
