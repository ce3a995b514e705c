import { changesAnything } from '../effect.ts';
import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';
import { compareVersions } from '../versions.ts';

export const versionNotBumped: PromiseRule = {
  id: 'promise/version-not-bumped',
  severity: 'error',
  summary: 'A contract that changed has a higher version.',
  why: 'The version travels with every event and tells a consumer which text of the contract it was published under. Two texts under one version cannot be told apart afterwards. Comments and layout do not count; a shared policy or schema behind a `$ref` does.',
  mirror: { harmless: 'a higher version over an unchanged contract says nothing false' },
  *check({ before, after }) {
    const step = compareVersions(after.version, before.version);
    if (step > 0 || (step === 0 && !changesAnything(before, after))) return;
    yield {
      ...field(after, ['version']),
      against: stood(before, ['version'], `was ${before.version}`),
      message:
        step === 0
          ? `The contract has changed, but its version is still ${after.version}.`
          : `The version went back from ${before.version} to ${after.version}.`,
      consumers: affected(before),
      hint: 'patch: words only; minor: compatible; a breaking change is a new major in a new file',
    };
  },
};
