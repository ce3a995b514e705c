import type { Migration } from '@tenet/runtime/sql';
import { cell, code, codeBlock, join, link, type Markdown, markdown, text } from '../../diagnostics/markdown.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import type { OutputFile } from '../../output/output-file.ts';
import { contractPage, relative } from '../text/places.ts';

const path = 'sql/inbox/README.md';

/** Who needs the inbox, how it is laid down, and the least that a service's role must be granted. */
export function inboxReadme(set: ContractSet, migrations: readonly Migration[]): OutputFile {
  const files = migrations.map(({ name }) => markdown`- ${link(code(name), name)}`);
  const apply = migrations.map(
    ({ name }) => `psql --set ON_ERROR_STOP=1 --single-transaction --file ${name} "$DATABASE_URL"`,
  );
  return {
    path,
    text: markdown`# Inbox

Generated. Do not edit: the next run overwrites it.

The inbox is where an effectively-once consumer remembers, in the transaction of its handler, which events it has
handled. It lives in the schema ${code('tenet')} of the **service's own database**: a database elsewhere could not be part of
that transaction.

Beside it stands the line: where records wait behind a key that fails, and where dead letters hold their key under
${code('after: wait')}. Consumers of any delivery use it when their service has a store.

## Who needs it

${consumersThatNeedIt(set)}

## Lay it down

Apply the files in order, with your own migration tool or by hand. Applying one again changes nothing.

${join(files, '\n')}

${codeBlock('sh', apply.join('\n'))}

The runtime never changes a schema itself. A service whose database lacks a migration is refused at start.

## The least that a service needs

Let the role that migrates own the schema, and grant the service's role no more than this:

${codeBlock('sql', privileges)}

The service needs no right to create anything, and none on the schema of another service.
`,
  };
}

const privileges = `grant usage on schema tenet to my_service;
grant select on tenet.migration to my_service;
grant select, insert, update, delete on tenet.partition_owner, tenet.inbox, tenet.line to my_service;
grant execute on all functions in schema tenet to my_service;`;

function consumersThatNeedIt(set: ContractSet): Markdown {
  const rows = set.contracts.flatMap((contract) =>
    contract.consumers.flatMap(({ name, owner, delivery, idempotency, deadLetter }) => {
      if (idempotency?.store !== 'postgres') return [];
      const once = delivery === 'effectively-once';
      const waits = deadLetter?.after === 'wait';
      if (!once && !waits) return [];
      const row = [
        code(name),
        text(owner),
        link(code(contract.name), relative(path, contractPage(contract))),
        text(once ? idempotency.window.text : '–'),
        text(waits ? 'until somebody decides' : '–'),
      ];
      return markdown`| ${join(row.map(cell), ' | ')} |`;
    }),
  );
  if (rows.length === 0) return markdown`No consumer of these contracts needs it: nobody, today.`;
  return markdown`| consumer | team | reads | remembers for | holds successors of a dead letter |
|---|---|---|---|---|
${join(rows, '\n')}`;
}
