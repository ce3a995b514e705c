import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printJunit } from '../../../generator/src/diagnostics/junit-printer.ts';
import { aContract, aFinding, aReport, context, findings, hostileWords, reportOf } from './a-report.ts';
import { problemsOfJunit } from './official-schemas.ts';

test('an error fails, a warning passes, a permission is skipped, a clean contract passes', async () => {
  const by = [{ team: 'warehouse', reason: 'Agreed.', expires: '2099-12-31' }];
  const printed = printJunit(
    aReport({
      contracts: [
        aContract({
          permitted: [{ finding: aFinding({ rule: 'promise/a', message: 'Permitted.' }), by }],
          findings: [aFinding({ message: 'Broken.', hint: 'mend it' }), ...findings(1, 'warning')],
          compatible: ['+ /giftNote optional'],
        }),
        aContract({ id: 'orders.order-cancelled@1', state: 'unchanged' }),
        aContract({ id: 'orders.order-paid@1', compatible: ['+ /giftNote optional'] }),
      ],
    }),
    context,
  );
  const path = 'contracts/orders/order-placed/v1.yaml';
  expect(printed).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="tenet check · 1 error, 1 warning in 1 of 3 contracts · 1 unchanged" tests="5" failures="1" errors="0" time="0.250">
  <testsuite name="orders.order-placed@1" tests="3" failures="1" errors="0" skipped="1" file="${path}">
    <testcase name="promise/a: Permitted." classname="orders.order-placed@1">
      <skipped message="permitted by warehouse until 2099-12-31: Agreed."/>
    </testcase>
    <testcase name="payload/required-added: Broken." classname="orders.order-placed@1">
      <failure message="Broken." type="payload/required-added">  error  payload/required-added      ${path}:17:14
  Broken.
  way out  mend it
  permit  fingerprint 0123456789ab, signed by the owner</failure>
    </testcase>
    <testcase name="payload/required-added: warning 1." classname="orders.order-placed@1">
      <system-out>  warning  payload/required-added    ${path}:17:14
  warning 1.</system-out>
    </testcase>
  </testsuite>
  <testsuite name="orders.order-cancelled@1" tests="1" failures="0" errors="0" skipped="0" file="${path}">
    <testcase name="is unchanged" classname="orders.order-cancelled@1"/>
  </testsuite>
  <testsuite name="orders.order-paid@1" tests="1" failures="0" errors="0" skipped="0" file="${path}">
    <testcase name="keeps its promises" classname="orders.order-paid@1">
      <system-out>+ /giftNote optional</system-out>
    </testcase>
  </testsuite>
</testsuites>
`);
  expect(await problemsOfJunit(printed)).toEqual([]);
});

test('what loosens the gate comes first, before the workspace and other contracts', () => {
  const report = aReport({
    general: [aFinding({ message: 'Of the workspace.' })],
    contracts: [
      aContract({ findings: [aFinding({ message: 'Later.' })], loosening: [aFinding({ message: 'Loosened.' })] }),
      aContract({ id: 'b@1', findings: [aFinding({ message: 'Last.' })] }),
    ],
  });
  expect(printJunit(report, context).match(/(?<=<failure message=")[^"]*/g)).toEqual([
    'Loosened.',
    'Later.',
    'Of the workspace.',
    'Last.',
  ]);
});

test('contracts that cannot be read are a failed test, and no passed ones', () => {
  const report = aReport({ complete: false, general: [aFinding({ rule: 'contract/syntax', message: 'Broken.' })] });
  const printed = printJunit(report, context);
  expect(printed).toContain('<testsuite name="workspace" tests="1" failures="1" errors="0" skipped="0">');
  expect(printed).toContain('the rules did not run');
});

test('hostile words leave the file well-formed, valid and without tests of their own', async () => {
  const printed = hostileWords.map((words) => printJunit(reportOf(words), context));
  expect(await problemsOfJunit(...printed)).toEqual([]);
  for (const one of printed) expect(one.match(/<testcase /g)).toHaveLength(6);
});

test('any words do', async () => {
  const words = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), { numRuns: 200, seed: 7 });
  expect(await problemsOfJunit(...words.map((one) => printJunit(reportOf(one), context)))).toEqual([]);
});

test('the judge of the form says no', async () => {
  expect(await problemsOfJunit('<testsuites><testsuite name="x"/></testsuites>')).not.toEqual([]);
});
