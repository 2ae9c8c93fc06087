import { z } from 'zod';

/** A part of a JSON schema. */
export type JsonSchemaRule = Readonly<Record<string, unknown>>;

/**
 * What JSON schema can say of rules that are code in a zod schema (`refine`), for descriptions of the API. Kept apart from
 * the schema's own metadata, because the JSON schema of an input is its signature: describing a rule changes none.
 */
export const jsonSchemaRules = z.registry<JsonSchemaRule>();

/** JSON schema of what is sent, the rules included. */
export function describedInput(schema: z.ZodType): JsonSchemaRule {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, jsonSchemaRules.get(zodSchema)),
  });
}

/** At least one member that is not null. */
export const SOME_VALUE: JsonSchemaRule = { not: { additionalProperties: { type: 'null' } } };

/** More than white space. */
export const NOT_BLANK: JsonSchemaRule = { pattern: '\\S' };

const DAY = z.regexes.date.source.replace(/^\^|\$$/g, '');
const TIME = '([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?';
const OFFSET = 'Z|[+-](0\\d|1[0-3]):?[0-5]\\d';

/** A day of the calendar, or a time of one with or without an offset (ISO 8601). */
export const MOMENT: JsonSchemaRule = { pattern: `^${DAY}([T ]${TIME}(${OFFSET})?)?$` };

/** A day of the calendar. */
export const CALENDAR_DAY: JsonSchemaRule = { format: 'date', pattern: z.regexes.date.source };
