// Runs inside the page, before the page's own code. Not a module: Playwright sends its text.

export interface Studio {
  /** Speaks a clip into the page's microphone: 16-bit mono PCM at `rate` Hz, base64. Resolves when it is over. */
  speak(pcm: string, rate: number): Promise<void>;
  /** What the page received from the agent since the last call: 16-bit mono PCM at 48 kHz, base64. */
  takeHeard(): string;
  /** The same of each voice that came, in the order in which they came first. */
  takeVoices(): string[];
}

declare global {
  interface Window {
    studio: Studio;
  }
}

/** Gives the page a microphone that speaks what the test says, and records every remote track as the page gets it. */
export function installStudio(): void {
  const context = new AudioContext({ sampleRate: 48000 });
  const microphone = context.createMediaStreamDestination();
  // A live microphone is never wholly silent.
  const room = context.createBufferSource();
  room.buffer = context.createBuffer(1, 48000, 48000);
  room.buffer.getChannelData(0).forEach((_, i, data) => {
    data[i] = (Math.random() - 0.5) * 0.0004;
  });
  room.loop = true;
  room.connect(microphone);
  room.start();
  navigator.mediaDevices.getUserMedia = async () => {
    await context.resume();
    return microphone.stream.clone();
  };

  const heard: Int16Array[] = [];
  const voices: Int16Array[][] = [];
  const record = (track: MediaStreamTrack): void => {
    const stream = new MediaStream([track]);
    // Chromium feeds WebAudio from a remote track only while an element plays it too.
    const sink = new Audio();
    sink.srcObject = stream;
    sink.muted = true;
    void sink.play();
    const own: Int16Array[] = [];
    voices.push(own);
    const tap = context.createScriptProcessor(4096, 1, 1);
    tap.onaudioprocess = ({ inputBuffer }) => {
      const part = Int16Array.from(inputBuffer.getChannelData(0), (x) => Math.max(-1, Math.min(1, x)) * 32767);
      heard.push(part);
      own.push(part);
    };
    context.createMediaStreamSource(stream).connect(tap);
    tap.connect(context.destination);
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener('track', ({ track }) => record(track));
    }
  };

  const toBase64 = (bytes: Uint8Array): string => {
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(text);
  };
  const joined = (parts: Int16Array[]): string => {
    const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts.splice(0)) {
      all.set(part, at);
      at += part.length;
    }
    return toBase64(new Uint8Array(all.buffer));
  };
  window.studio = {
    async speak(pcm, rate) {
      const bytes = Uint8Array.from(atob(pcm), (char) => char.charCodeAt(0));
      const samples = new Int16Array(bytes.buffer);
      const source = context.createBufferSource();
      source.buffer = context.createBuffer(1, samples.length, rate);
      source.buffer.getChannelData(0).set(Float32Array.from(samples, (x) => x / 32768));
      source.connect(microphone);
      source.start();
      await new Promise((resolve) => source.addEventListener('ended', resolve));
    },
    takeHeard: () => joined(heard),
    takeVoices: () => voices.map(joined),
  };
}
