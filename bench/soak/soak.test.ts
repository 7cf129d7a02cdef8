import { expect, test } from '@jest/globals';
import { soak } from './soak.ts';

/** What the runtime keeps for later, in MB; an hour shows the slope: `npm run bench -- soak`. */
const MOST_GROWTH_MB = 60;

(process.platform === 'linux' ? test : test.skip)(
  'calls that come and go, interrupt, drop, and meet engines that fail leave no handle, no thread and no memory behind',
  async () => {
    const { churned, idle } = await soak({
      minutes: 3,
      places: 5,
      callMs: [1500, 20_000],
      dropShare: 0.3,
      faultShare: 0.05,
      resumeMs: 300,
      lookMs: 15_000,
    });
    expect(churned.failures).toEqual([]);
    expect(churned.calls).toBeGreaterThan(30);
    expect(churned.dropped).toBeGreaterThan(0);
    expect(churned.answered).toBeGreaterThan(0);
    const { before, after } = idle;
    expect(after.handles - before.handles).toBeLessThanOrEqual(2);
    expect(after.threads - before.threads).toBeLessThanOrEqual(1);
    expect(after.mb - before.mb).toBeLessThan(MOST_GROWTH_MB);
  },
  300_000,
);
