import { expect, it } from 'vitest';
import { model as credit } from '../../models/credit-risk-scorer/index.js';
import { input } from '../../models/intent-classifier/prediction/predictor.js';
import { model as intent } from '../../models/intent-classifier/index.js';
import { readRequest } from './prediction-request.js';

const caller = { subject: 's', scopes: new Set<string>(), userId: null };
const longest = intent.serving!.longestText!;

it('takes a text up to the length that the API answers in one turn, and says which one it wants', () => {
  const body = { text: 'x'.repeat(longest) };
  expect(readRequest(intent, body, caller)).toEqual({ kind: 'inputs', input: body });
  const wanted = expect.objectContaining({
    code: 'INVALID_INPUT',
    message: expect.stringContaining(`found ${longest + 1} characters, wanted at most ${longest}`) as string,
  }) as Error;
  expect(() => readRequest(intent, { text: `${body.text}y` }, caller)).toThrow(wanted);
});

it('counts characters as the published schema does, so that an emoji is one', () => {
  const body = { text: '🪙'.repeat(longest) };
  expect(readRequest(intent, body, caller)).toEqual({ kind: 'inputs', input: body });
  expect(input.safeParse(body).success).toBe(true);
  const found = `found ${longest + 1} characters`;
  expect(() => readRequest(intent, { text: `${body.text}🪙` }, caller)).toThrow(found);
  expect(readRequest(credit, { userId: '🪙'.repeat(200) }, caller)).toMatchObject({ kind: 'reference' });
  expect(() => readRequest(credit, { userId: '🪙'.repeat(201) }, caller)).toThrow('wanted a text of 1 to 200');
});
