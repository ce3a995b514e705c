import type { Emitter } from '../emitter.ts';

/** The TypeScript package that services import: one file per contract, one entry point per domain, test builders. */
export const sdk: Emitter = {
  name: 'sdk',
  async emit(set) {
    // ts-morph takes longer to load than everything else together; only those who generate pay for it.
    const { packageFiles } = await import('./package-files.ts');
    return packageFiles(set);
  },
};
