import { fingerprint } from '../../diagnostics/fingerprint.ts';
import type { Emitter } from '../emitter.ts';

/** The TypeScript package that services import: one file per contract, one entry point per domain, test builders. */
export const sdk: Emitter = {
  name: 'sdk',
  async emit(set) {
    // ts-morph takes longer to load than everything else together; only those who generate pay for it.
    const { packageFiles } = await import('./package-files.ts');
    return packageFiles(set);
  },
  refuses: (set) =>
    set.contracts
      .filter(({ schema, producers, consumers }) => {
        return schema.kind === 'avro' && [...producers, ...consumers].some(({ generated }) => generated);
      })
      .map(({ name, major, source }) => ({
        rule: 'output/avro-sdk',
        severity: 'error',
        message: 'The SDK cannot be generated from an Avro schema yet.',
        at: source.locate(['schema']),
        contract: name,
        hint: 'Write the payload as JSON Schema, or set `generated: false` for its producers and consumers.',
        fingerprint: fingerprint({ rule: 'output/avro-sdk', contract: `${name}@${major}` }),
      })),
};
