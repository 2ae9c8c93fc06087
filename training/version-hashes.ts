import { z } from 'zod';
import type { DatasetRef } from '../contracts/dataset.js';
import { learnedOf, type TableSchema } from '../contracts/table-schema.js';
import type { ModelDefinition, Predictor } from '../contracts/model-definition.js';
import type { DataVersion } from '../registry/artefacts.js';
import { hashOfJson } from '../platform/blobs/hash.js';

/** Keywords that define a caller's interface: names, types and required fields. Bounds and descriptions may change. */
const structural = new Set(['type', 'properties', 'required', 'items', 'anyOf', 'oneOf', 'allOf', 'prefixItems']);

function shapeOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shapeOf);
  if (schema === null || typeof schema !== 'object') return schema;
  const members = Object.entries(schema).filter(([name]) => structural.has(name));
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === 'properties' ? propertyShapes(member) : shapeOf(member)]),
  );
}

/** Below `properties` every name is a field, also one called `description`. */
const propertyShapes = (properties: unknown): unknown =>
  Object.fromEntries(Object.entries(properties as object).map(([name, schema]) => [name, shapeOf(schema)]));

/** Hash of a predictor's input and output schema. When it changes, callers must change. */
export function signatureOf({ input, output }: Pick<Predictor, 'input' | 'output'>): string {
  const describe = (schema: z.ZodType, io: 'input' | 'output') =>
    z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return hashOfJson({ input: shapeOf(describe(input, 'input')), output: shapeOf(describe(output, 'output')) });
}

type Versioned = Pick<DataVersion, 'name' | 'version'>;
const versionOf = ({ name, version }: Versioned): Versioned => ({ name, version });

/**
 * Hash of what determines the model on given rows: versions of model, feature and state code, and parameters. A model
 * without states has the hash that it had before there were states.
 * @param table - the schema of a table of any layout, which decides on features and label.
 */
export const definitionHashOf = (
  { definitionVersion, backend, states }: ModelDefinition,
  params: unknown,
  table: TableSchema | null = null,
): string =>
  hashOfJson({
    definitionVersion,
    params,
    views: backend.views.map(versionOf),
    ...(states === undefined ? {} : { states: states.map(versionOf) }),
    ...(table === null ? {} : { table: learnedOf(table) }),
  });

/** Views and states that a training reads, for the artefact's manifest. The rows of a file bring their own features. */
export function readsOf(
  { backend, states = [] }: ModelDefinition,
  { origin }: Pick<DatasetRef, 'origin'>,
): DataVersion[] {
  if (origin.kind === 'file' && origin.tableSchemaHash !== undefined) return [];
  const views = origin.kind === 'snapshot' ? backend.views : [];
  return [
    ...views.map((view) => ({ kind: 'feature-view' as const, ...versionOf(view) })),
    ...states.map((view) => ({ kind: 'state' as const, ...versionOf(view) })),
  ];
}
