import { OpenAiServer } from '../../../testing/index.ts';
import { type AsrTrouble, type ScriptedRecogniser, STATUS } from './scripted-recogniser.ts';

const TROUBLE = { stall: 'hang', cut: 'break-off', rubbish: 'garbage' } as const;

/** OpenAI's uploads, as the contract of recognisers sees a server. */
export class UploadServer implements ScriptedRecogniser {
  words: (ms: number) => string = () => 'these are the words';
  trouble: AsrTrouble | undefined;
  heard = 0;
  waiting = 0;
  readonly complaints: string[] = [];
  readonly #server: OpenAiServer;

  private constructor(server: OpenAiServer) {
    this.#server = server;
  }

  static async start(): Promise<UploadServer> {
    const server = await OpenAiServer.start();
    const upload = new UploadServer(server);
    server.script.transcribe = (request) => {
      upload.heard++;
      upload.waiting++;
      void request.ended.then(() => upload.waiting--);
      const { trouble } = upload;
      const status = trouble && STATUS[trouble];
      if (status) return { status };
      const text = upload.words((request.audio?.samples.length ?? 0) / 16);
      return trouble ? { text, trouble: TROUBLE[trouble as keyof typeof TROUBLE], after: 0 } : { text };
    };
    return upload;
  }

  get url(): string {
    return this.#server.url;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
