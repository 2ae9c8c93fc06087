import { expect, it } from 'vitest';
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
