import type { IncomingHttpHeaders } from 'node:http';
import { type FormFields, isSigned } from './signature.ts';

/** Where Twilio asks what to do with a call, and where it streams the call's audio to. */
export const TWILIO_PATH = '/v1/telephony/twilio';
/** For those who set the server up. */
export const NOT_SET_UP =
  'Telephone calls are not set up: give the auth token of your Twilio account as TWILIO_AUTH_TOKEN, or as ' +
  'telephony.twilio.authToken in the configuration.';

export interface TwilioAccountOptions {
  /** Absent: nobody can telephone. */
  readonly authToken?: string | undefined;
  /** How Twilio reaches this server; absent: by the name that it asks for. */
  readonly publicUrl?: string | undefined;
  /** Proxies of our own in front. */
  readonly proxies: number;
}

/** What Twilio sends, as far as it is signed. `url`: path and query. */
export interface SignedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly url?: string | undefined;
}

const DEFAULT_PORT = 443;

/** The account whose calls are taken, and what it knows this server by. */
export class TwilioAccount {
  readonly #options: TwilioAccountOptions;

  constructor(options: TwilioAccountOptions) {
    this.#options = options;
  }

  get isSetUp(): boolean {
    return this.#options.authToken !== undefined;
  }

  /** Twilio sends this, with these form fields, in the name of the account. */
  vouchesFor(request: SignedRequest, fields: FormFields): boolean {
    return this.#isSigned(request, written(this.#addressOf(request, 'https')), fields);
  }

  /** Twilio opens this WebSocket in the name of the account. */
  vouchesForSocket(request: SignedRequest): boolean {
    const urls = written(this.#addressOf(request, 'wss'));
    return this.#isSigned(request, [...urls, ...urls.map((url) => `${url}/`)]);
  }

  /** Where Twilio is to stream to. */
  streamUrl(request: SignedRequest): string {
    return this.#base(request, 'wss') + TWILIO_PATH;
  }

  #isSigned({ headers }: SignedRequest, urls: readonly string[], fields?: FormFields): boolean {
    const { authToken } = this.#options;
    const signature = headers['x-twilio-signature'];
    return authToken !== undefined && typeof signature === 'string' && isSigned(authToken, signature, urls, fields);
  }

  #addressOf(request: SignedRequest, scheme: 'https' | 'wss'): string {
    const [, query] = (request.url ?? '').split('?');
    return this.#base(request, scheme) + TWILIO_PATH + (query === undefined ? '' : `?${query}`);
  }

  /** Whoever gives a false name can sign for it no better. */
  #base({ headers }: SignedRequest, scheme: 'https' | 'wss'): string {
    const { publicUrl, proxies } = this.#options;
    if (publicUrl !== undefined) return publicUrl.replace(/^\w+/, scheme).replace(/\/+$/, '');
    const forwarded = proxies > 0 ? [headers['x-forwarded-host']].flat()[0] : undefined;
    return `${scheme}://${(forwarded ?? headers.host ?? '').split(',')[0]?.trim()}`;
  }
}

/** With the port as it stands there, without it, and with the one that goes without saying: Twilio does not say which. */
function written(url: string): string[] {
  const [, before = url, port, after = ''] = /^(\w+:\/\/(?:\[[^\]]*\]|[^:/?]*))(:\d+)?(.*)$/.exec(url) ?? [];
  return [...new Set([before + (port ?? '') + after, before + after, `${before}:${DEFAULT_PORT}${after}`])];
}
