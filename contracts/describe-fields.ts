import { z } from 'zod';

interface Property {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
  readonly default?: unknown;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

const objectSchemaOf = (schema: z.ZodType): ObjectSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ObjectSchema;

/** Names of an input's fields. */
export const fieldsOf = (schema: z.ZodType): string[] => Object.keys(objectSchemaOf(schema).properties ?? {});

/** Each field of an input with its type and default, such as `seed: integer, default 42`. */
export function describeFields(schema: z.ZodType): string[] {
  const { properties = {}, required = [] } = objectSchemaOf(schema);
  return Object.entries(properties).map(([name, property]) => {
    const rest = required.includes(name) ? ', required' : defaultOf(property);
    return `${name}: ${typeOf(property)}${rest}`;
  });
}

function typeOf({ type, enum: values, anyOf, items }: Property): string {
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' or ');
  if (type === 'array') return `list of ${items === undefined ? 'anything' : typeOf(items)}`;
  return type === undefined ? 'anything' : [type].flat().join(' or ');
}

const defaultOf = (property: Property): string =>
  property.default === undefined ? ', optional' : `, default ${JSON.stringify(property.default)}`;
