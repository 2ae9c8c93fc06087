import { expect, it } from 'vitest';
import { retrospectiveNotes } from './retrospective.js';

const asOf = Date.parse('2026-10-18T00:00:00Z');

it('names the columns without a date of arrival of the tables that were read', () => {
  expect(retrospectiveNotes({ asOf, retrospective: true }, ['users', 'chat_messages', 'accounts'])).toEqual([
    'as of 2026-10-18, read later: accounts.credit_limit, accounts.kind, users.city, users.currency, users.employment ' +
      'have no date of arrival and are as they were when the source was read',
  ]);
});

it('says nothing where every change has a date, and of a snapshot of its own present', () => {
  expect(retrospectiveNotes({ asOf, retrospective: true }, ['chat_messages'])).toEqual([]);
  expect(retrospectiveNotes({ asOf }, ['users'])).toEqual([]);
});
