import type { TurnPreset } from '@parley/signaling';

/** What the page's own address asks for. */
export interface Wishes {
  /** `?room=`: the room to join; absent for a room of one's own. */
  readonly room?: string;
  /** `?lang=`: language of the page and of the call. */
  readonly language?: string;
  /** `?turns=`: how patient the agent is. */
  readonly turnPreset?: TurnPreset;
  /** `?relay`: audio by the TURN server alone, to try it. */
  readonly relay?: boolean;
}

const ROOM = /^[A-Za-z0-9_-]{1,64}$/;
const PRESETS: readonly TurnPreset[] = ['patient', 'balanced', 'quick'];
const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** What does not fit the protocol is as if it were not there. */
export function wishesOf(address: string): Wishes {
  const query = new URL(address).searchParams;
  const room = query.get('room') ?? '';
  const language = query.get('lang') ?? '';
  return {
    room: ROOM.test(room) ? room : undefined,
    language: LANGUAGE.test(language) ? language : undefined,
    turnPreset: PRESETS.find((preset) => preset === query.get('turns')),
    relay: query.has('relay') || undefined,
  };
}

/** A link that brings another person into `room`. */
export function inviteLink(address: string, room: string): string {
  const link = new URL(address);
  link.search = '';
  link.hash = '';
  link.searchParams.set('room', room);
  return link.href;
}

/** This page as one opens it on the server's own machine, where browsers trust it without TLS. */
export function localAddress(address: string): string {
  const { port, protocol } = new URL(address);
  return protocol === 'https:' ? address : `http://localhost${port ? `:${port}` : ''}`;
}
