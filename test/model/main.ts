/** `npm run model`: the protocols of the consumer, every interleaving. `--help` says the rest. */
import { parseArgs } from 'node:util';
import { countLine, ruleLine, studyLines, traceLines } from './print.ts';
import { studies } from './studies.ts';
import { costOf, type Study } from './study.ts';

const usage = `Searches every interleaving of small models of the consumer's protocols.

npm run model                            every model at its full size, then
                                         without each of its rules
npm run model -- --small                 the sizes of npm test
npm run model -- --only line             one model (may be repeated)
npm run model -- --without drop-highest  the shortest trace of one broken rule
npm run model -- --list                  models and rules

Exit code 0: what holds and what breaks is as expected. 1: it is not. 2: the
command line is wrong. docs/model.md says how to read a trace.
`;

function main(): number {
  const { values } = parseArgs({
    options: {
      small: { type: 'boolean' },
      only: { type: 'string', multiple: true },
      without: { type: 'string' },
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return print(usage.trimEnd()) ?? 0;
  if (values.without !== undefined) return showBroken(values.without);
  const unknown = values.only?.find((name) => studies.every((study) => study.name !== name));
  if (unknown !== undefined) return wrong(`There is no model '${unknown}'; --list shows them.`);
  const chosen = studies.filter(({ name }) => values.only === undefined || values.only.includes(name));
  if (values.list) return list(chosen);
  const size = values.small ? 'small' : 'full';
  let failed = 0;
  for (const study of chosen) {
    const started = performance.now();
    const outcome = study.run(size);
    if (outcome.found !== undefined) failed += 1;
    print(...studyLines(study, outcome, (performance.now() - started) / 1000));
    for (const { name, cost } of study.rules) {
      const without = study.run('small', name);
      if (String(costOf(without)) !== String(cost)) failed += 1;
      print(ruleLine(name, cost, without));
    }
  }
  const rules = chosen.reduce((sum, study) => sum + study.rules.length, 0);
  print('', countLine(chosen.length, rules, failed, size));
  return failed === 0 ? 0 : 1;
}

function showBroken(name: string): number {
  const study = studies.find(({ rules }) => rules.some((rule) => rule.name === name));
  const rule = study?.rules.find((one) => one.name === name);
  if (study === undefined || rule === undefined) return wrong(`There is no rule '${name}'; --list shows them.`);
  const { found, states } = study.run('small', name);
  print(`Without: ${rule.rule}`, `(${study.name}: ${study.says})`, '');
  print(...(found ? traceLines(found) : [`Nothing breaks in ${states.toLocaleString('en')} states.`]));
  return 0;
}

function list(chosen: readonly Study[]): number {
  for (const { name, says, rules } of chosen) {
    print(`${name}: ${says}`);
    for (const rule of rules) print(`  ${rule.name.padEnd(28)} ${rule.rule}`);
  }
  return 0;
}

function wrong(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}

function print(...lines: readonly string[]): undefined {
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof TypeError) || !('code' in error)) throw error;
  process.exitCode = wrong(error.message);
}
