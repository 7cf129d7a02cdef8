import type { LineOrder } from '../rooms/index.ts';
import type { ResponseOrder } from './requests.ts';
import { isWritten, type SessionConfig } from './session-config.ts';

export interface MannerOptions {
  readonly config: () => SessionConfig;
  readonly agent: { instruct(instructions: string): void; tell(order: LineOrder): void };
}

/** How the agent is to answer next: as a response is asked for, else as the session is set. */
export class Manner {
  readonly #options: MannerOptions;
  #instructed = false;
  #writes = false;

  constructor(options: MannerOptions) {
    this.#options = options;
  }

  /** The agent is told what is not so already. */
  follow(order: ResponseOrder | undefined): void {
    const { config, agent } = this.#options;
    const writes = isWritten(order?.output_modalities ?? config().output_modalities);
    if (writes !== this.#writes) agent.tell({ do: 'write', on: writes });
    this.#writes = writes;
    const instructions = order?.instructions;
    if (instructions !== undefined || this.#instructed) agent.instruct(instructions ?? config().instructions);
    this.#instructed = instructions !== undefined;
  }
}
