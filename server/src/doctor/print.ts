import type { Finding, Verdict } from './finding.ts';

const SIGNS: Readonly<Record<Verdict, string>> = { ok: 'ok', warning: 'warning', failed: 'FAILED', skipped: 'skipped' };
const INDENT = ' '.repeat(10);

/** For people: one line a finding, its fix below, and what it comes to. */
export function printed(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, verdict, says, fix }) => [
    `${SIGNS[verdict].padEnd(INDENT.length)}${check.padEnd(width)}  ${says.replaceAll('\n', `\n${INDENT}`)}`,
    ...(fix ? [`${INDENT}-> ${fix}`] : []),
  ]);
  const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
  const sum = count('failed')
    ? `${count('failed')} failed: calls will not work before that is mended.`
    : count('warning')
      ? `Works; ${count('warning')} to look at.`
      : 'All is in order.';
  return [...lines, '', sum].join('\n');
}

export const isHealthy = (findings: readonly Finding[]): boolean =>
  findings.every(({ verdict }) => verdict !== 'failed');
