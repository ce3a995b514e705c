/** What `npm run model` shows. */
import type { Found, Outcome } from './search.ts';
import { type Cost, costOf, type Size, type Study } from './study.ts';

const ruleWidth = 28;

export function studyLines({ name, says }: Study, outcome: Outcome, seconds: number): string[] {
  const { states, steps, depth, found } = outcome;
  const size = `${number(states)} states, ${number(steps)} steps, ${depth} deep, ${seconds.toFixed(1)} s`;
  return [`${found === undefined ? '✓' : '✗'} ${name}: ${says}`, `  ${size}`, ...(found ? traceLines(found) : [])];
}

export function ruleLine(name: string, expected: Cost, outcome: Outcome): string {
  const cost = costOf(outcome);
  const mark = String(cost) === String(expected) ? '·' : '✗';
  return `  ${mark} without ${name.padEnd(ruleWidth)} ${words(cost)}`;
}

/** One step a line, numbered; the last line says what it came to. */
export function traceLines({ invariant, why, trace }: Found): string[] {
  const width = String(trace.length).length + 2;
  return [
    ...trace.map((step, i) => `${String(i + 1).padStart(width)}  ${step}`),
    `${' '.repeat(width)}  ${invariant}: ${why}`,
  ];
}

export function countLine(studies: number, rules: number, wrong: number, size: Size): string {
  const verdict = wrong === 0 ? 'as expected' : `${wrong} not as expected`;
  return `${studies} models (${size}), ${rules} broken rules: ${verdict}`;
}

function words(cost: Cost): string {
  return cost === 'nothing' ? 'breaks nothing at this size' : `breaks ${cost[0]} after ${cost[1]} steps`;
}

function number(count: number): string {
  return count.toLocaleString('en');
}
