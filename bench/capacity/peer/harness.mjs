// The peer, driven without its server: runs in the peer's own folder, where its packages are. Argument: JSON of the job.
// It hears and answers as our own load callers do, but by PCM in this process: no Opus, no RTP, no sockets.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_API_CONNECT_OPTIONS, initializeLogger, llm, stt, tts, voice } from '@livekit/agents';
import { VAD } from '@livekit/agents-plugin-silero';
import { AudioFrame } from '@livekit/rtc-node';

const job = JSON.parse(process.argv[2]);
const RATE = 16_000;
const FRAME = RATE / 50;
const TTS_RATE = 24_000;
const ANSWER_PATIENCE_MS = 8000;
/** Speech of a recogniser that costs nothing: louder than this, in dB of full scale. */
const SPEECH_DB = -45;
const WORDS_AFTER_MS = 200;
initializeLogger({ pretty: false, level: 'error' });

const bytes = readFileSync(job.pcm);
const all = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
const clips = job.clips.map(([from, to]) => all.subarray(from, to));
const noise = Int16Array.from({ length: RATE }, () => (Math.random() - 0.5) * 20);

class FreeSttStream extends stt.SpeechStream {
  label = 'free';
  constructor(owner, options) {
    super(owner, undefined, options);
  }
  async run() {
    let speaking = false;
    let silentMs = 0;
    for await (const frame of this.input) {
      if (typeof frame === 'symbol') continue;
      const { data } = frame;
      let energy = 0;
      for (let i = 0; i < data.length; i += 4) energy += data[i] * data[i];
      if (10 * Math.log10(energy / (data.length / 4) / 32_768 ** 2 + 1e-12) > SPEECH_DB) {
        speaking = true;
        silentMs = 0;
      } else if (speaking) {
        silentMs += (frame.samplesPerChannel / frame.sampleRate) * 1000;
        if (silentMs < WORDS_AFTER_MS) continue;
        speaking = false;
        const alternative = {
          language: 'en',
          text: 'what do you think of that',
          startTime: 0,
          endTime: 0,
          confidence: 1,
        };
        this.queue.put({ type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [alternative] });
      }
    }
  }
}
class FreeStt extends stt.STT {
  label = 'free.STT';
  constructor() {
    super({ streaming: true, interimResults: false });
  }
  async _recognize() {
    throw new Error('only streams');
  }
  stream(options) {
    return new FreeSttStream(this, options?.connOptions ?? DEFAULT_API_CONNECT_OPTIONS);
  }
}
class FreeLlmStream extends llm.LLMStream {
  async run() {
    this.queue.put({ id: 'x', delta: { role: 'assistant', content: `${job.answer} ` } });
  }
}
class FreeLlm extends llm.LLM {
  label() {
    return 'free.LLM';
  }
  chat({ chatCtx, toolCtx, connOptions = DEFAULT_API_CONNECT_OPTIONS }) {
    return new FreeLlmStream(this, { chatCtx, toolCtx, connOptions });
  }
}
const tone = Int16Array.from({ length: TTS_RATE / 50 }, (_, i) => 8000 * Math.sin((i / 480) * 2 * Math.PI * 8));
class FreeTtsStream extends tts.SynthesizeStream {
  label = 'free';
  async run() {
    let started = false;
    for await (const text of this.input) {
      if (typeof text === 'symbol' || started) continue;
      started = true;
      this.markStarted?.();
      const frames = Math.round(job.answerMs / 20);
      for (let k = 0; k < frames; k++) {
        const frame = new AudioFrame(tone, TTS_RATE, 1, tone.length);
        this.queue.put({ requestId: 'r', segmentId: 's', frame, final: k === frames - 1 });
      }
      this.queue.put(tts.SynthesizeStream.END_OF_STREAM);
    }
  }
}
class FreeTts extends tts.TTS {
  label = 'free.TTS';
  constructor() {
    super(TTS_RATE, 1, { streaming: true });
  }
  synthesize() {
    throw new Error('only streams');
  }
  stream(options) {
    return new FreeTtsStream(this, options?.connOptions);
  }
}

class Microphone extends voice.AudioInput {
  constructor() {
    super();
    const stream = new ReadableStream(
      { start: (controller) => void (this.controller = controller) },
      { highWaterMark: 1000 },
    );
    this.multiStream.addInputStream(stream);
  }
  push(samples) {
    this.controller.enqueue(new AudioFrame(samples, RATE, 1, samples.length));
  }
}
class Loudspeaker extends voice.AudioOutput {
  pushedMs = 0;
  startedAt = 0;
  onFirst = () => {};
  onClear = () => {};
  constructor() {
    super(TTS_RATE, undefined, { pause: false });
  }
  async captureFrame(frame) {
    await super.captureFrame(frame);
    if (this.pushedMs === 0) {
      this.startedAt = performance.now();
      this.onFirst(this.startedAt);
      this.onPlaybackStarted(Date.now());
    }
    this.pushedMs += (frame.samplesPerChannel / frame.sampleRate) * 1000;
  }
  flush() {
    super.flush();
    if (this.pushedMs === 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.finish(false),
      Math.max(0, this.pushedMs - (performance.now() - this.startedAt)),
    );
  }
  finish(interrupted) {
    if (this.pushedMs === 0) return;
    clearTimeout(this.timer);
    const playbackPosition = Math.min(this.pushedMs, performance.now() - this.startedAt) / 1000;
    this.pushedMs = 0;
    this.onPlaybackFinished({ playbackPosition, interrupted });
  }
  clearBuffer() {
    this.onClear(performance.now());
    this.finish(true);
  }
  get playing() {
    return this.pushedMs > 0;
  }
}

const heard = { answers: [], stops: [], turns: 0, unanswered: 0, cut: 0 };
const vad = await VAD.load();
let stopped = false;

class Call {
  microphone = new Microphone();
  loudspeaker = new Loudspeaker();
  clip = undefined;
  at = 0;
  noiseAt = 0;
  constructor() {
    this.session = new voice.AgentSession({
      vad,
      stt: new FreeStt(),
      llm: new FreeLlm(),
      tts: new FreeTts(),
      // Else it takes no interruptions for three seconds.
      aecWarmupDuration: null,
      userAwayTimeout: null,
      turnHandling: {
        turnDetection: 'vad',
        endpointing: { minDelay: job.silenceMs },
        interruption: { minDuration: job.interruptionMs },
      },
    });
    this.session.input.audio = this.microphone;
    this.session.output.audio = this.loudspeaker;
  }
  start() {
    return this.session.start({ agent: new voice.Agent({ instructions: 'none' }), record: false });
  }
  tick() {
    const samples = new Int16Array(FRAME);
    for (let i = 0; i < FRAME; i++) samples[i] = noise[(this.noiseAt + i) % RATE];
    this.noiseAt += FRAME;
    if (this.clip) {
      const { clip, done } = this.clip;
      const count = Math.min(FRAME, clip.length - this.at);
      if (this.at === 0) this.clip.onsetAt = performance.now();
      for (let i = 0; i < count; i++) samples[i] += clip[this.at + i];
      this.at += count;
      if (this.at >= clip.length) {
        done({ onsetAt: this.clip.onsetAt, lastSpeechAt: performance.now() });
        this.clip = undefined;
      }
    }
    this.microphone.push(samples);
  }
  say(clip) {
    return new Promise((done) => {
      this.at = 0;
      this.clip = { clip, done, onsetAt: 0 };
    });
  }
  firstAudio() {
    const { loudspeaker } = this;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), ANSWER_PATIENCE_MS);
      loudspeaker.onFirst = (at) => {
        clearTimeout(timer);
        loudspeaker.onFirst = () => {};
        resolve(at);
      };
    });
  }
  async converse() {
    const { loudspeaker } = this;
    await pause(500 + Math.random() * 6000);
    let interrupts = false;
    while (!stopped) {
      const clip = clips[Math.floor(Math.random() * clips.length)];
      heard.turns++;
      let clearedAt;
      loudspeaker.onClear = (at) => void (clearedAt ??= at);
      const plays = loudspeaker.playing;
      const first = this.firstAudio();
      const { onsetAt, lastSpeechAt } = await this.say(clip);
      const answeredAt = await first;
      if (answeredAt === undefined) heard.unanswered++;
      else if (answeredAt < lastSpeechAt) heard.cut++;
      else heard.answers.push(answeredAt - lastSpeechAt);
      if (interrupts && plays && clearedAt > onsetAt) heard.stops.push(clearedAt - onsetAt);
      interrupts = Math.random() < job.interruptingShare;
      if (interrupts) await pause(600 + Math.random() * 600);
      else {
        while (loudspeaker.playing) await pause(50);
        await pause(250 + Math.random() * 300);
      }
    }
  }
}

const calls = Array.from({ length: job.sessions }, () => new Call());
for (const call of calls) await call.start();
const origin = performance.now();
calls.forEach((call, i) => {
  let ticks = 0;
  const phase = (i * 20) / calls.length;
  const step = () => {
    if (stopped) return;
    while (origin + phase + ticks * 20 <= performance.now()) {
      call.tick();
      ticks++;
    }
    setTimeout(step, Math.max(0, origin + phase + ticks * 20 - performance.now()));
  };
  step();
});
for (const call of calls) call.converse().catch((error) => console.error(error));
await pause(job.settleMs);
const cpu = process.cpuUsage();
const from = performance.now();
Object.assign(heard, { answers: [], stops: [], turns: 0, unanswered: 0, cut: 0 });
const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
await pause(job.ms);
const { user, system } = process.cpuUsage(cpu);
const percent = (user + system) / 10 / (performance.now() - from);
const loopP99Ms = loop.percentile(99) / 1e6 - 5;
stopped = true;
console.log(JSON.stringify({ ...heard, percent, rssMb: process.memoryUsage().rss / 2 ** 20, loopP99Ms }));
process.exit(0);
