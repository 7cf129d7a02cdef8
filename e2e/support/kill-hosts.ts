// Loaded before the server's own code: SIGUSR2 ends its agent hosts, as a crash would.
import { isMainThread, type Worker } from 'node:worker_threads';

if (isMainThread) {
  const hosts = new Set<Worker>();
  process.on('worker', (worker) => {
    if (worker.threadName !== 'agent-host') return;
    hosts.add(worker);
    worker.once('exit', () => hosts.delete(worker));
  });
  process.on('SIGUSR2', () => {
    for (const host of hosts) void host.terminate();
  });
}
