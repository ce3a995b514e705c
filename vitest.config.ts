import { defineConfig } from 'vitest/config';

// Tests run the source: the `tenet-source` export condition points every workspace package at its TypeScript.
export default defineConfig({
  resolve: { conditions: ['tenet-source'] },
  ssr: { resolve: { conditions: ['tenet-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
