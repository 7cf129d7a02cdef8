import { Gauge, type Registry } from 'prom-client';

/** Numbers to read when a scrape comes. */
export interface Levels {
  rooms(): number;
  callers(): number;
  workers(): number;
  hosts(): number;
  sessions(): number;
  /** Of the thread that is worst off; 1 is full. */
  load(): number;
  /** Calls that can be carried in all, estimated. */
  capacity(): number;
  /** New calls are refused. */
  overloaded(): boolean;
  /** Webhook events that are not delivered yet. */
  webhooks(): number;
  engines(): readonly { readonly stage: string; readonly engine: string; readonly up: boolean }[];
}

/** Reads them at each scrape. */
export function watchLevels(levels: Levels, registry: Registry): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('parley_rooms', 'Rooms that are open.', levels.rooms);
  gauge('parley_callers', 'Callers in rooms.', levels.callers);
  gauge('parley_media_workers', 'Media workers that are alive.', levels.workers);
  gauge('parley_agent_hosts', 'Agent hosts that are alive.', levels.hosts);
  gauge('parley_agent_sessions', 'Agent sessions that are open.', levels.sessions);
  gauge('parley_load_ratio', 'How full the busiest or latest thread is, over some seconds; 1 is full.', levels.load);
  gauge('parley_capacity_calls', 'Calls that can be carried in all, estimated from those that run.', levels.capacity);
  gauge('parley_overloaded', '1 while new calls are refused, so that those that run are not harmed.', () =>
    levels.overloaded() ? 1 : 0,
  );
  gauge('parley_webhooks_pending', 'Webhook events that are not delivered yet.', levels.webhooks);
  new Gauge({
    name: 'parley_engine_up',
    help: '1 where calls go to the engine; 0 while a host passes it over because it keeps failing, or could not make it.',
    labelNames: ['stage', 'engine'],
    registers,
    collect() {
      this.reset();
      for (const { stage, engine, up } of levels.engines()) this.set({ stage, engine }, up ? 1 : 0);
    },
  });
}
