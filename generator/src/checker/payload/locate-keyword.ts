import type { Position } from '../../diagnostics/finding.ts';
import type { SourceMap } from '../../model/contract.ts';
import type { Schema, SchemaNode } from '../../schema/ast.ts';
import { isObject, writtenAt } from '../schema-text.ts';
import type { Rejection } from './find-cause.ts';

/** What knows where a schema is written: a contract does. */
interface Located {
  readonly source: Pick<SourceMap, 'locateSchema'>;
}

/** Where a rejecting keyword is written: the name inside `required`, the keyword's value otherwise. */
export function locateRejection(contract: Located, schema: Schema, { node, keyword, name }: Rejection): Position {
  const raw = writtenAt(schema, node.at);
  if (!isObject(raw)) return locate(contract, node, '');
  const written = keyword === 'const' && !Object.hasOwn(raw, 'const') ? 'enum' : keyword;
  if (!Object.hasOwn(raw, written)) return locate(contract, node, '');
  const value = raw[written];
  const index = name !== undefined && Array.isArray(value) ? value.indexOf(name) : -1;
  return locate(contract, node, index < 0 ? `/${written}` : `/${written}/${index}`);
}

/** Where a node stands, or the nearest thing that is left of it. */
export function locate(contract: Located, node: SchemaNode, below: string): Position {
  return contract.source.locateSchema({ document: node.at.document, pointer: `${node.at.pointer}${below}` });
}
