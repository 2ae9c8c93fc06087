import { describe, expect, it } from 'vitest';
import { findPersonalData } from './find.js';

/** Type and text of what is found. */
const found = (text: string) => findPersonalData(text).map(({ type, start, end }) => [type, text.slice(start, end)]);

describe('telephone numbers', () => {
  it.each([
    '+91 98765 43210',
    '9876543210',
    '098765-43210',
    '+44 (0)20 7946 0958',
    '(212) 555-0142',
    '212-555-0142 x4587',
    '022 2345 6789',
    '001-518-640-0854',
  ])('are found in their usual forms: %s', (phone) => expect(found(`write to ${phone}.`)).toEqual([['PHONE', phone]]));

  it.each(['Phone: 467 3395', 'my number is 60-56-85-91', '3660170-548 Fax', 'Phone:\n0393 1144137'])(
    'of other forms are found beside a word that says so: %s',
    (text) => expect(found(text).map(([type]) => type)).toEqual(['PHONE']),
  );

  it.each([
    'transaction 9876543210 failed',
    'account 98765',
    'UPI/CR/9876543210/',
    '₹9876543210',
    '9876543210 rupees',
    'on 2026-11-30 10:25',
    '12.05.2026',
    'order 404-1234567-1234567',
    'pay 1 234 567 now',
    'call before 2026-11-30',
  ])('are not seen in "%s"', (text) => expect(found(text).filter(([type]) => type === 'PHONE')).toEqual([]));
});

describe('names', () => {
  it.each([
    ['Smt. Lakshmi Iyer called', 'Lakshmi Iyer'],
    ['c/o Vikram de Souza', 'Vikram de Souza'],
    ['Name: Šárka Ottová', 'Šárka Ottová'],
    ['Maika van de Noort\nClerk\nPhone: 467 3395', 'Maika van de Noort'],
    ['beneficiary: Asha Rao, today', 'Asha Rao'],
  ])('are found by what stands before them: %s', (text, name) =>
    expect(found(text).filter(([type]) => type === 'NAME')).toEqual([['NAME', name]]),
  );

  it.each(['Dear Customer, hello', 'Dear Sir', 'spent on Swiggy', '14 Hill Dr Reuquen', 'the name is not right'])(
    'are not seen in "%s"',
    (text) => expect(found(text).filter(([type]) => type === 'NAME')).toEqual([]),
  );
});

describe('addresses', () => {
  it.each([
    'Flat 4B, Rose Villa, Pune 411001',
    '22 Hill Road, Mumbai 400050',
    'P.O. Box 12345',
    'PSC 0413, Box 8144\nAPO AA 42323',
    '1987 74 Diakou Street\n Suite 680\n Kissousa\n Cyprus 36903',
    'the corner of 25 Hill Street and King Forges',
    'Via Franscini 71',
    'Brixtonlaan 380',
  ])('are found with what follows: %s', (address) => expect(found(`to ${address}`)).toEqual([['ADDRESS', address]]));

  it.each(['5 Stars for this bank', 'paid 400050 to Road Runner', 'Apt reply'])('are not seen in "%s"', (text) =>
    expect(found(text)).toEqual([]),
  );
});

it('finds IP addresses, and card numbers of twelve digits after the word', () => {
  expect(found('from 106.31.73.20 and 6e40:4041:c617:e898:c11:40d2:c669:2eb4')).toEqual([
    ['IP_ADDRESS', '106.31.73.20'],
    ['IP_ADDRESS', '6e40:4041:c617:e898:c11:40d2:c669:2eb4'],
  ]);
  expect(found('version 1.2.3.400')).toEqual([]);
  expect(found('my card # 503890547220')).toEqual([['CARD', '503890547220']]);
});

it('returns for texts that are long and full of what begins a span', () => {
  const parts = ['1 ', '1-', '(', 'A ', '1 A ', 'Mr A', 'Mr ', ', a', '.1', '1:', 'Flat 1, ', 'corner of '];
  for (const part of parts) expect(Array.isArray(findPersonalData(part.repeat(5_000))), part).toBe(true);
});
