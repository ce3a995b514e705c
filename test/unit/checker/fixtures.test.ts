import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkFixture, fixtures, print } from './check-fixture.ts';

// test/fixtures/<family>/<rule>/<case>/{before?,after}: a new case needs its folder only. UPDATE=1 writes what is found.
for (const family of ['design', 'promise', 'payload', 'exception']) {
  describe(family, () => {
    for (const rule of folders(join(fixtures, family))) {
      for (const name of folders(join(fixtures, family, rule))) {
        test(`${rule}: ${name}`, async () => {
          const folder = join(fixtures, family, rule, name);
          const found = print(await checkFixture(family, folder));
          const file = join(folder, 'expected.txt');
          if (process.env.UPDATE === '1') writeFileSync(file, found);
          expect(found).toBe(existsSync(file) ? readFileSync(file, 'utf8') : 'there is no expected.txt yet');
        });
      }
    }
  });
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
