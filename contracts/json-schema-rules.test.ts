import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describedInput, jsonSchemaRules, MOMENT, NOT_BLANK } from './json-schema-rules.js';

describe('rules of a schema as JSON schema', () => {
  const text = z
    .string()
    .refine((value) => value.trim() !== '')
    .register(jsonSchemaRules, NOT_BLANK);
  const body = z.strictObject({ text: text.describe('a message'), other: text.nullish() });

  it('are in its description, also where it is nested or described further', () => {
    expect(describedInput(body).properties).toEqual({
      text: { type: 'string', pattern: '\\S', description: 'a message' },
      other: { anyOf: [{ type: 'string', pattern: '\\S' }, { type: 'null' }] },
    });
  });

  it('are not in its signature', () => {
    expect(JSON.stringify(z.toJSONSchema(body, { io: 'input' }))).not.toMatch(/pattern/);
  });

  it.each(['2026-03-02', '2026-03-02T18:05', '2026-03-02 18:05:09.5Z', '2024-02-29T18:05:00+05:30'])(
    'take the moment %s',
    (moment) => expect(moment).toMatch(new RegExp(MOMENT.pattern as string)),
  );

  it.each(['', '2026-02-30', '2026-03-02T24:00', '2026-3-2', 'yesterday', '2026-03-02T18:05+25:00'])(
    'take no moment %j',
    (moment) => expect(moment).not.toMatch(new RegExp(MOMENT.pattern as string)),
  );

  it('take as blank what trimming leaves nothing of', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(' ', '\n', '\u00a0', 'a') }), (value) => {
        expect(new RegExp(NOT_BLANK.pattern as string).test(value)).toBe(text.safeParse(value).success);
      }),
    );
  });
});
