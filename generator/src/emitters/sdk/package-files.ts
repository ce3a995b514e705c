import type { ContractSet } from '../../model/contract-set.ts';
import type { OutputFile } from '../../output/output-file.ts';
import { contractFile, contractModule, type EmittedContract } from './contract-file.ts';
import { domainFile } from './domain-file.ts';
import { testingFile } from './testing-file.ts';

export function packageFiles(set: ContractSet): readonly OutputFile[] {
  const emitted = set.contracts.flatMap((contract): EmittedContract[] => {
    if (contract.schema.kind !== 'json') return [];
    const stream = set.contracts.filter((other) => other !== contract && other.topic.name === contract.topic.name);
    const file = contractFile(contract, contract.schema.schema, stream, set.label);
    return [{ contract, module: contractModule(contract), file }];
  });
  const domains = new Map<string, EmittedContract[]>();
  for (const one of emitted) domains.set(one.contract.domain, [...(domains.get(one.contract.domain) ?? []), one]);
  return [
    ...emitted.map(({ module, file }) => ({ path: `src/${module}.ts`, text: file.text })),
    ...[...domains].map(([domain, members]) => domainFile(domain, members)),
    testingFile(emitted),
  ];
}
