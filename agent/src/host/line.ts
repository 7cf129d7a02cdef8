import type { OpusLibrary, Resampler } from '../codec/index.ts';
import { type AsrProvider, FRAME_MS, HEARING_RATE, type LineNews, type PcmFrame } from '../contracts/index.ts';
import { abortable, type Scope } from '../kernel/index.ts';
import type { LeavingVoice } from '../session/leaving-voice.ts';

export interface LineOptions {
  /** Hz of what comes. */
  readonly rate: number;
  /** Hz of what goes. */
  readonly voiceRate: number;
  readonly library: OpusLibrary;
  readonly asr: AsrProvider;
  readonly language?: string;
  /** The voice goes by RTP: only that it does is told. */
  readonly byRtp?: true | undefined;
  readonly scope: Scope;
  readonly tell: (news: LineNews) => void;
}

const FRAME_SAMPLES = (FRAME_MS * HEARING_RATE) / 1000;
/** Recordings that are recognised at a time; more are refused. */
const MAX_JOBS = 4;

/** The PCM of one caller: its rate on the outside, ours inside, and utterances that are recognised as they are. */
export class Line {
  readonly #options: LineOptions;
  readonly #in: Resampler | undefined;
  #out: Resampler | undefined;
  #jobs = 0;

  constructor(options: LineOptions) {
    const { rate, byRtp, library, scope } = options;
    this.#options = options;
    if (byRtp) return;
    if (rate !== HEARING_RATE) this.#in = library.resampler({ from: rate, to: HEARING_RATE });
    scope.onClose(() => {
      this.#in?.close();
      this.#out?.close();
    });
  }

  /** The caller's audio as the agent hears it. */
  heard(samples: Int16Array): Int16Array {
    return this.#in ? this.#in.push(samples) : samples;
  }

  /** A frame of the agent's voice leaves; it is copied. */
  say(voice: LeavingVoice): void {
    const { scope, byRtp, tell } = this.#options;
    if (scope.closed) return;
    if (byRtp) {
      tell({ kind: 'voiced' });
      return;
    }
    const samples = this.#resampled(voice.samples, voice.rate);
    if (samples.length > 0) tell({ kind: 'voice', samples });
  }

  /** The words of a whole utterance. */
  async recognise(job: number, samples: Int16Array, rate = this.#options.rate): Promise<void> {
    const { asr, language, scope, tell } = this.#options;
    if (this.#jobs >= MAX_JOBS) {
      tell({ kind: 'unrecognised', job, message: 'too much is being recognised already' });
      return;
    }
    this.#jobs++;
    try {
      let text = '';
      const transcripts = asr.transcribe(this.#frames(samples, rate), {
        signal: scope.signal,
        ...(language && { language }),
      });
      for await (const transcript of abortable(transcripts, scope.signal)) {
        text = transcript.text.trim();
        if (transcript.kind === 'final') break;
      }
      tell({ kind: 'recognised', job, text });
    } catch (error) {
      if (!scope.closed) tell({ kind: 'unrecognised', job, message: String(error) });
    } finally {
      this.#jobs--;
    }
  }

  async *#frames(samples: Int16Array, rate: number): AsyncIterable<PcmFrame> {
    const { library } = this.#options;
    const resampler = rate === HEARING_RATE ? undefined : library.resampler({ from: rate, to: HEARING_RATE });
    const whole = resampler ? resampler.push(samples) : samples;
    resampler?.close();
    for (let at = 0; at < whole.length; at += FRAME_SAMPLES) {
      const frame = new Int16Array(FRAME_SAMPLES);
      frame.set(whole.subarray(at, at + FRAME_SAMPLES));
      yield { samples: frame, rate: HEARING_RATE, at: (at * 1000) / HEARING_RATE };
    }
  }

  #resampled(frame: Int16Array, from: number): Int16Array {
    const { voiceRate, library } = this.#options;
    if (from === voiceRate) return frame.slice();
    if (this.#out?.from !== from) {
      this.#out?.close();
      this.#out = library.resampler({ from, to: voiceRate });
    }
    return this.#out.push(frame).slice();
  }
}
