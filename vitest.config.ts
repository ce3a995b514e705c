import { defineConfig } from 'vitest/config';

// Tests run the source: the `tenet-source` export condition points every workspace package at its TypeScript.
const source = {
  resolve: { conditions: ['tenet-source'] },
  ssr: { resolve: { conditions: ['tenet-source'] } },
};
const exclude = ['**/node_modules/**', '**/dist/**', 'test/fixtures/**'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, 'test/**/*.real.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        ...source,
        // Files that need a real Kafka, PostgreSQL or promtool; the parts are started only when one of them runs.
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts'],
          exclude,
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
