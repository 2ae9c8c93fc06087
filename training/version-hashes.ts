import { z } from 'zod';
import type { ModelDefinition, Predictor } from '../contracts/model-definition.js';
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

/** Hash of what determines the model on given rows: versions of model and feature code, and parameters. */
export const definitionHashOf = ({ definitionVersion, backend }: ModelDefinition, params: unknown): string =>
  hashOfJson({ definitionVersion, params, views: backend.views.map(({ name, version }) => ({ name, version })) });
