/** Judges of machine formats: `test/fixtures/official-schemas` says where each comes from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { validateXML } from 'xmllint-wasm';

const folder = join(import.meta.dirname, '../../fixtures/official-schemas');

function judge(file: string): (printed: string) => readonly string[] {
  let validate: ValidateFunction | undefined;
  return (printed) => {
    if (validate === undefined) {
      const ajv = new Ajv2020({ strict: false, allErrors: true });
      addFormats.default(ajv);
      validate = ajv.compile(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    }
    validate(JSON.parse(printed));
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
  };
}

export const problemsOfSarif = judge('sarif-2.1.0.json');
const problemsOfIssues = judge('gitlab-code-quality.schema.json');

/** Beside the form: GitLab drops the second issue of a fingerprint. */
export function problemsOfGitlab(printed: string): readonly string[] {
  const prints = (JSON.parse(printed) as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint);
  const twice = prints.filter((print, index) => prints.indexOf(print) !== index);
  return [...problemsOfIssues(printed), ...twice.map((print) => `${print} stands twice`)];
}

const xsd = readFileSync(join(folder, 'junit-10.xsd'), 'utf8');

export async function problemsOfJunit(...printed: readonly string[]): Promise<readonly string[]> {
  const xml = printed.map((contents, index) => ({ fileName: `${index}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema: { fileName: 'junit-10.xsd', contents: xsd } });
  return errors.map(({ rawMessage }) => rawMessage);
}
