import { IndentationText, Project, QuoteKind, type SourceFileStructure } from 'ts-morph';
import type { ContractSet } from '../../model/contract-set.ts';
import type { OutputFile } from '../../output/output-file.ts';
import { contractFile, contractModule, type EmittedContract } from './contract-file.ts';
import { domainFile } from './domain-file.ts';
import { testingFile } from './testing-file.ts';

export function packageFiles(set: ContractSet): readonly OutputFile[] {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  });
  const print = (path: string, structure: SourceFileStructure, rest = ''): OutputFile => {
    const file = project.createSourceFile(`/${path}`, structure);
    const text = file.getFullText();
    file.forget();
    return { path, text: text + rest };
  };
  const emitted = set.contracts.flatMap((contract): EmittedContract[] =>
    contract.schema.kind === 'json'
      ? [
          {
            contract,
            module: contractModule(contract),
            file: contractFile(contract, contract.schema.schema, set.label),
          },
        ]
      : [],
  );
  const domains = new Map<string, EmittedContract[]>();
  for (const one of emitted) domains.set(one.contract.domain, [...(domains.get(one.contract.domain) ?? []), one]);
  return [
    ...emitted.map(({ module, file }) => print(`src/${module}.ts`, file.structure, file.rest)),
    ...[...domains].map(([domain, members]) => print(...domainFile(domain, members))),
    print('src/testing.ts', testingFile(emitted)),
  ];
}
