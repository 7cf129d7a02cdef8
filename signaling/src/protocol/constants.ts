// Without schemas, so that a page carries none: clients import these from here.

/** Sent in the Socket.IO handshake as `auth.protocol`; a server refuses another major version. */
export const PROTOCOL_VERSION = 3;

/** Who sends a producer's audio: a caller's id, or the agent. */
export const AGENT_ID = 'agent';

/** Longest text message to the agent, in characters. */
export const MAX_TEXT_LENGTH = 4000;

// The language model reads every tool again with each answer, and a message of any of these sizes passes the door.
/** Most tools of one page. */
export const MAX_TOOLS = 32;
/** All tools of an offer together: bytes as JSON. */
export const MAX_TOOLS_BYTES = 15_000;
/** Each result of a tool: bytes as JSON. */
export const MAX_RESULT_BYTES = 12_000;
/** How deep the JSON of an offer may nest. */
export const MAX_TOOL_DEPTH = 20;

/** Where a tool does not say. `timeoutMs`: ms; `cancelOnInterrupt`: it runs on when the caller interrupts. */
export const TOOL_DEFAULTS = { timeoutMs: 10_000, cancelOnInterrupt: false };

/** Whether a value becomes JSON of at most so many bytes. Depth first: what nests too deeply cannot be made into JSON. */
export const fitsAsJson = (value: unknown, most: number): boolean =>
  isShallow(value, MAX_TOOL_DEPTH) && new TextEncoder().encode(JSON.stringify(value)).length <= most;

const isShallow = (value: unknown, left: number): boolean =>
  !value || typeof value !== 'object' || (left > 0 && Object.values(value).every((each) => isShallow(each, left - 1)));
