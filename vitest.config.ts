import { defineConfig } from 'vitest/config';

// Tests run on the sources: the `source` condition of each package's exports.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'test/*.test.ts',
      'tools/**/*.test.ts',
      'fuzz/*.test.ts',
    ],
    environment: 'node',
    testTimeout: 20_000,
    pool: 'threads',
  },
});
