import { z } from 'zod';
import type { ModelDefinition, Predictor } from '../contracts/model-definition.js';
import { hashOfJson } from '../platform/blobs/hash.js';

/** What a caller must know of a JSON schema to call: names, kinds and what may be left out. Bounds and prose may change. */
const structural = new Set(['type', 'properties', 'required', 'items', 'anyOf', 'oneOf', 'allOf', 'prefixItems']);

function shapeOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shapeOf);
  if (schema === null || typeof schema !== 'object') return schema;
  const members = Object.entries(schema).filter(([name]) => structural.has(name));
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === 'properties' ? propertyShapes(member) : shapeOf(member)]),
  );
}

/** Names below `properties` are the caller's and all count, also one called `description`. */
const propertyShapes = (properties: unknown): unknown =>
  Object.fromEntries(Object.entries(properties as object).map(([name, schema]) => [name, shapeOf(schema)]));

/** Hash of a predictor's interface: input names, kinds and output form. Another hash means that callers must change. */
export function signatureOf({ input, output }: Pick<Predictor, 'input' | 'output'>): string {
  const describe = (schema: z.ZodType, io: 'input' | 'output') =>
    z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return hashOfJson({ input: shapeOf(describe(input, 'input')), output: shapeOf(describe(output, 'output')) });
}

/** Hash of what gives other models from the same rows: code version of model and features, and parameters. */
export const definitionHashOf = ({ definitionVersion, backend }: ModelDefinition, params: unknown): string =>
  hashOfJson({ definitionVersion, params, views: backend.views.map(({ name, version }) => ({ name, version })) });
