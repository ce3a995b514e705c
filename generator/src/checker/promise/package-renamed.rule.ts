import type { WorkspaceRule } from '../rule.ts';

export const packageRenamed: WorkspaceRule = {
  id: 'promise/package-renamed',
  severity: 'warning',
  summary: 'Services hear when the package that they import gets another name.',
  why: 'Nothing that runs changes. But every import of the generated SDK names the package, and the old one gets no later version: a service that is not changed stays on the contracts of today without noticing. A warning, since no team alone could sign for all of them.',
  mirror: { rule: 'promise/package-renamed' },
  *check({ before, after }) {
    const [was, is] = [before.workspace.package, after.workspace.package];
    if (was === is) return;
    yield {
      at: after.locate(['package']),
      subject: '/package',
      against: { ...before.locate(['package']), was: `was ${was}` },
      message: `The generated SDK is now \`${is}\` instead of \`${was}\`: every service has to change its imports.`,
      hint: `publish a last version of \`${was}\` that says where it has gone`,
    };
  },
};
