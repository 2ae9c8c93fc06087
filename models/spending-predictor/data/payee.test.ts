import { describe, expect, it } from 'vitest';
import { payeeOf } from './payee.js';

describe('payeeOf', () => {
  it.each([
    ['IMPS/P2A/850035112861/RITU IYER/IDFB/TRF', 'IMPS/P2A/487733917248/RITU IYER/UTIB/TRF', 'RITU IYER'],
    ['NEFT-UTIBN480151234-RITU IYER-03JUN24', 'IMPS/P2A/487733917248/RITU IYER/HDFC/TRF', 'RITU IYER'],
    ['ACH D- HDFC LTD-9912345678', 'ACH D- HDFC LTD-1112345678', 'HDFC LTD'],
    ['UPI/DR/51/UMA MEHTA/KKBK/umamehta@kotak', 'UPI/DR/52/UMA MEHTA/SBIN/umamehta@oksbi', 'UMA MEHTA umamehta'],
    ['NACH RTN CHRG INCL GST', 'NACH RTN CHRG INCL GST', 'RTN CHRG INCL GST'],
  ])('is the same for %s and %s', (first, second, name) => {
    expect(payeeOf(first)).toBe(name);
    expect(payeeOf(second)).toBe(name);
  });

  it('distinguishes payees, and keeps the words of a line without a payee', () => {
    expect(payeeOf('IMPS/P2A/1/RITU IYER/IDFB/TRF')).not.toBe(payeeOf('IMPS/P2A/1/NADIA DAS/IDFB/TRF'));
    expect(payeeOf('IMPS/P2A/850035112861/IDFB/TRF')).toBe('IMPS IDFB TRF');
    expect(payeeOf('')).toBe('');
    expect(payeeOf('राम किराया 1234')).toBe('राम किराया');
    expect(payeeOf('LONG NAME '.repeat(30)).length).toBe(60);
  });
});
