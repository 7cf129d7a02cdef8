// WebSockets to streaming recognisers, open ahead, and one utterance over one. Imports contracts and kernel only.
export { type Conversing, converse, type Dialect } from './converse.ts';
export { BrokenLink, Link, type LinkOptions, type Outgoing } from './link.ts';
export { LinkPool } from './pool.ts';
