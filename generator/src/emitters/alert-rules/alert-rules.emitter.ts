/**
 * Prometheus alert rules over the metrics of the runtime: a file per consumer and per producer, and beside each the
 * promtool tests that prove when it fires and when it does not.
 */
import type { Contract } from '../../model/contract.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import type { OutputFile } from '../../output/output-file.ts';
import type { Emitter } from '../emitter.ts';
import { alertFolder, contractFile } from '../text/places.ts';
import { yamlFile } from '../text/yaml.ts';
import type { Alert } from './alert.ts';
import { alertsOfConsumer, alertsOfProducer } from './alerts-of.ts';
import { alertsReadme } from './readme.ts';
import { ruleFile, ruleTests } from './rule-file.ts';

export const alertRules: Emitter = {
  name: 'alert-rules',
  emit: (set) => [alertsReadme(set), ...set.contracts.flatMap((contract) => filesOf(set, contract))],
};

function filesOf(set: ContractSet, contract: Contract): readonly OutputFile[] {
  return [
    ...contract.consumers.flatMap((consumer) =>
      pair(set, contract, `consumers/${consumer.name}`, alertsOfConsumer(contract, consumer)),
    ),
    ...contract.producers.flatMap((producer) =>
      pair(set, contract, `producers/${producer.service}`, alertsOfProducer(contract, producer)),
    ),
  ];
}

function pair(set: ContractSet, contract: Contract, name: string, alerts: readonly Alert[]): readonly OutputFile[] {
  if (alerts.length === 0) return [];
  const path = `${alertFolder(contract)}/${name}`;
  const rules = `${name.slice(name.indexOf('/') + 1)}.rules.yaml`;
  const group = `tenet/${contract.name}/v${contract.major}/${name}`;
  const source = contractFile(contract);
  return [
    { path: `${path}.rules.yaml`, text: yamlFile(source, ruleFile(set, contract, group, alerts), remarks(set)) },
    { path: `${path}.test.yaml`, text: yamlFile(source, ruleTests(set, contract, rules, alerts)) },
  ];
}

/** What was asked for and is not built is said where it would be looked for. */
function remarks({ workspace }: ContractSet): readonly string[] {
  if (workspace.metrics === 'tenet') return [];
  return [
    `tenet.yaml asks for the metrics of ${workspace.metrics}: not built yet. These read those of Tenet's runtime.`,
  ];
}
