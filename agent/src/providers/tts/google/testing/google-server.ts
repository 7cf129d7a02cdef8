import { protos } from '@google-cloud/text-to-speech';
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js';
import type { ProviderFailure } from '../../../../contracts/index.ts';
import { wavFile } from '../../../wav.ts';
import { unescapeXml } from '../../prosody-ssml.ts';
import { piecesFor, type SpeechAsked, type SpeechDouble, type SpeechScript } from '../../testing/scripted-speech.ts';

const { texttospeech } = protos.google.cloud;
const v1 = texttospeech.v1;
const RATE = 24_000;
const STATUS: Record<ProviderFailure, number> = {
  auth: status.UNAUTHENTICATED,
  'rate-limited': status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  'bad-request': status.INVALID_ARGUMENT,
  unsupported: status.UNIMPLEMENTED,
  timeout: status.DEADLINE_EXCEEDED,
};
const NAMES = { enums: String, oneofs: true };
const RUBBISH = Buffer.from('this is no message');

type Streamed = InstanceType<typeof v1.StreamingSynthesizeRequest>;
type Request = InstanceType<typeof v1.SynthesizeSpeechRequest>;

/** Answers are bytes, so that a script can send what is no message. */
const method = <T>(
  path: string,
  streams: boolean,
  type: { decode(bytes: Uint8Array): T },
): MethodDefinition<T, Buffer> => ({
  path: `/google.cloud.texttospeech.v1.TextToSpeech/${path}`,
  requestStream: streams,
  responseStream: streams,
  requestSerialize: () => Buffer.alloc(0),
  requestDeserialize: (bytes) => type.decode(bytes),
  responseSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
});
const SERVICE = {
  listVoices: method('ListVoices', false, v1.ListVoicesRequest),
  synthesizeSpeech: method('SynthesizeSpeech', false, v1.SynthesizeSpeechRequest),
  streamingSynthesize: method('StreamingSynthesize', true, v1.StreamingSynthesizeRequest),
};

/** Google's speech service on localhost, scripted: real gRPC with the messages of Google's own package. */
export class GoogleServer implements SpeechDouble {
  script: SpeechScript = { kind: 'speak' };
  readonly asked: SpeechAsked[] = [];
  /** Status details of a refusal, as they go over the wire. */
  refusalDetails: Buffer | undefined;
  readonly #server = new Server();
  #port = 0;

  static async start(): Promise<GoogleServer> {
    const double = new GoogleServer();
    double.#server.addService(SERVICE, {
      listVoices: double.#list,
      synthesizeSpeech: double.#synthesise,
      streamingSynthesize: double.#stream,
    });
    double.#port = await new Promise<number>((resolve, reject) =>
      double.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    this.#server.forceShutdown();
  }

  readonly #list: handleUnaryCall<object, Buffer> = (_, answer) => {
    const voices = [
      { name: 'cmn-CN-Chirp3-HD-Kore', languageCodes: ['cmn-CN'], ssmlGender: 2, naturalSampleRateHertz: RATE },
      { name: 'Puck', languageCodes: ['en-US'], ssmlGender: 0 },
    ];
    answer(null, Buffer.from(v1.ListVoicesResponse.encode({ voices }).finish()));
  };

  readonly #synthesise: handleUnaryCall<Request, Buffer> = (call, answer) => {
    const details = v1.SynthesizeSpeechRequest.toObject(call.request, NAMES);
    const text = details.input.text ?? unescapeXml(String(details.input.ssml).replace(/<[^>]*>/g, ''));
    const end = this.#note(text, { ...details, metadata: call.metadata.getMap() }, call);
    const { script } = this;
    if (script.kind === 'stall') return;
    if (script.kind === 'break-off') return void setImmediate(() => this.#server.forceShutdown());
    end();
    if (script.kind === 'refuse') return answer(this.#refusal(script.as, call.metadata.clone()));
    const audioContent = script.kind === 'rubbish' ? RUBBISH : wavFile(piecesFor(text, RATE), RATE);
    answer(null, Buffer.from(v1.SynthesizeSpeechResponse.encode({ audioContent }).finish()));
  };

  readonly #stream: handleBidiStreamingCall<Streamed, Buffer> = (call) => {
    const messages: Record<string, unknown>[] = [];
    call.on('error', () => {}); // cut by the script
    call.on('data', (message: Streamed) => {
      messages.push(v1.StreamingSynthesizeRequest.toObject(message, NAMES));
    });
    call.on('end', () => {
      const { text } = (messages[1]?.input ?? { text: '' }) as { text: string };
      const end = this.#note(text, { messages, metadata: call.metadata.getMap() }, call);
      const { script } = this;
      if (script.kind === 'refuse') {
        end();
        return void call.emit('error', this.#refusal(script.as, call.metadata.clone()));
      }
      if (script.kind === 'rubbish') call.write(RUBBISH);
      else {
        const pieces = piecesFor(text, RATE);
        for (const piece of script.kind === 'speak' ? pieces : pieces.slice(0, script.after)) {
          const audioContent = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
          call.write(Buffer.from(v1.StreamingSynthesizeResponse.encode({ audioContent }).finish()));
        }
      }
      if (script.kind === 'stall') return;
      if (script.kind === 'break-off') return void setImmediate(() => this.#server.forceShutdown());
      end();
      call.end();
    });
  };

  /** Returns what says that it was answered. */
  #note(
    text: string,
    details: Record<string, unknown>,
    call: { on(event: 'cancelled', fn: () => void): unknown },
  ): () => void {
    const ended = Promise.withResolvers<'answered' | 'hung-up'>();
    call.on('cancelled', () => ended.resolve('hung-up'));
    this.asked.push({ text, details, ended: ended.promise });
    return () => ended.resolve('answered');
  }

  #refusal(as: ProviderFailure, metadata: { set(key: string, value: Buffer): void }): Error & { code: number } {
    if (this.refusalDetails) metadata.set('grpc-status-details-bin', this.refusalDetails);
    return Object.assign(new Error('no'), { code: STATUS[as], details: `no: ${as}`, metadata });
  }
}
