import {
  type Ack,
  type NoticeName,
  type NoticeOf,
  notices,
  PROTOCOL_VERSION,
  type RequestName,
  type RequestOf,
  type ResponseOf,
  requests,
} from '@parley/signaling/protocol';
import { io, type Socket } from 'socket.io-client';
import { Inbox } from './inbox.ts';

interface Notice {
  readonly name: NoticeName;
  readonly notice: unknown;
}

/** A caller's signaling without a browser. Every answer and notice is checked against its schema. */
export class TestClient {
  readonly socket: Socket;
  readonly notices = new Inbox<Notice>();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((name: NoticeName, notice: unknown) =>
      this.notices.put({ name, notice: notices[name].parse(notice) }),
    );
  }

  static async connect(url: string, options: { headers?: Record<string, string>; protocol?: unknown } = {}) {
    const { headers, protocol = PROTOCOL_VERSION } = options;
    const socket = io(url, {
      auth: { protocol },
      extraHeaders: headers,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    const client = new TestClient(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
    return client;
  }

  /** Whatever the server answers to whatever is sent. */
  raw(event: string, ...args: unknown[]): Promise<Ack<unknown>> {
    return new Promise((resolve) => this.socket.emit(event, ...args, resolve));
  }

  /** The data of a granted request; throws the WireError of a refused one. */
  async ask<N extends RequestName>(name: N, message: RequestOf<N>): Promise<ResponseOf<N>> {
    const ack = await this.raw(name, message);
    if (!ack.ok) throw Object.assign(new Error(ack.error.message), ack.error);
    return requests[name].response.parse(ack.data) as ResponseOf<N>;
  }

  async notice<N extends NoticeName>(name: N): Promise<NoticeOf<N>> {
    const { notice } = await this.notices.next((each) => each.name === name);
    return notice as NoticeOf<N>;
  }

  gone(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.disconnected) resolve();
      else this.socket.once('disconnect', () => resolve());
    });
  }

  close(): void {
    this.socket.disconnect();
  }
}
