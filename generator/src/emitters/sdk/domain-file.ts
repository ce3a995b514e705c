/** The entry point of a domain, `import { orderPlaced } from '@acme/events/orders'`. */
import { eventIdentifier, pathSegment } from '../../model/naming.ts';
import type { OutputFile } from '../../output/output-file.ts';
import type { EmittedContract } from './contract-file.ts';
import { fileText, generatedLine, namesFrom } from './source-file.ts';

export function domainFile(domain: string, members: readonly EmittedContract[]): OutputFile {
  const taken = new Set(members.map(({ file }) => file.types.event));
  const lines = members.map(({ contract, module, file }) => {
    const { event, input, key } = file.types;
    // A helper type that is named like another event stays with its own module.
    const helpers = [input, key].filter((name) => name !== undefined).filter((name) => !taken.has(name));
    for (const name of helpers) taken.add(name);
    const names = [event, ...helpers].map((name) => ({ name, isType: true }));
    return namesFrom('export', [{ name: eventIdentifier(contract.event, contract.major) }, ...names], `./${module}.js`);
  });
  return { path: `src/${pathSegment(domain)}.ts`, text: fileText([generatedLine, ...lines], []) };
}
