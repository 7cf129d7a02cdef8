import type { AsrProvider, LlmProvider, ServedStage, TtsProvider } from '../contracts/index.ts';
import { Chain } from './fallback/index.ts';
import { EngineUnavailable } from './unavailable.ts';

/** Orders of engines that are kept for the next conversation that picks them; the one made first goes first. */
const MAX_KEPT = 32;

/** Some of a stage's engines in an order of one's own. They are the stage's: what is picked is never closed. */
export class Picker<T extends AsrProvider | LlmProvider | TtsProvider> {
  readonly #stage: ServedStage;
  readonly #chain: Chain<T> | undefined;
  readonly #chained: (chain: Chain<T>) => Promise<T>;
  readonly #kept = new Map<string, Promise<T>>();

  /** `chain` is absent where no engine could be made. */
  constructor(stage: ServedStage, chain: Chain<T> | undefined, chained: (chain: Chain<T>) => Promise<T>) {
    this.#stage = stage;
    this.#chain = chain;
    this.#chained = chained;
  }

  /** Throws EngineUnavailable where one of these names is not there. */
  async pick(names: readonly string[]): Promise<T> {
    const key = JSON.stringify(names);
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const picked = this.#make(names);
    this.#kept.set(key, picked);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    picked.catch(() => this.#kept.delete(key));
    return picked;
  }

  async #make(names: readonly string[]): Promise<T> {
    const all = this.#chain?.options.links ?? [];
    const links = names.map((name) => {
      const link = all.find(({ health }) => health.engine === name);
      if (link) return link;
      const there = all.map(({ health }) => health.engine).join(', ') || 'none';
      throw new EngineUnavailable(this.#stage, name, `it is not among those of this server: ${there}`);
    });
    if (!this.#chain || links.length === 0) throw new EngineUnavailable(this.#stage, 'nothing', 'no engine is named');
    return this.#chained(new Chain({ ...this.#chain.options, links }));
  }
}
