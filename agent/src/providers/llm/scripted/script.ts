/** What the host knows to talk about, apart from sums. Earlier topics win. */
export const TOPICS = [
  'stop',
  'continue',
  'repeat',
  'count',
  'story',
  'weather',
  'time',
  'date',
  'connect',
  'parley',
  'help',
  'feelings',
  'who',
  'thanks',
  'goodbye',
  'greeting',
] as const;
export type Topic = (typeof TOPICS)[number];

/** The topics whose answer is one fixed text. */
export type FixedTopic = Exclude<Topic, 'continue' | 'repeat' | 'count' | 'story' | 'time' | 'date'>;

/** All that the host says in one language, and what makes it say it. `{x}` is filled in. */
export interface HostScript {
  /** Phrases; every word of one must be heard. */
  readonly cues: Readonly<Record<Topic, readonly string[]>>;
  readonly answers: Readonly<Record<FixedTopic, string>>;
  /** First words when nobody has said anything. */
  readonly opening: string;
  readonly heard: string;
  /** After `heard`, the first time. */
  readonly noModel: string;
  /** After `heard`, in turn. */
  readonly hints: readonly string[];
  readonly nothingHeard: string;
  readonly time: string;
  readonly date: string;
  readonly sum: string;
  readonly aboutSum: string;
  readonly noDivision: string;
  readonly tooBig: string;
  readonly countDone: string;
  readonly nothingToRepeat: string;
  readonly storyOpening: string;
  readonly story: readonly string[];
  readonly storyAgain: string;
  readonly storyOver: string;
}
