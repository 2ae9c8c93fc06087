import { describe, expect, it } from 'vitest';
import { copyLine } from './load.js';
import { tableSpecs } from './tables.js';

describe('copyLine', () => {
  const line = copyLine(tableSpecs.chat_messages, 'generated');
  const message = {
    id: 'm1',
    user_id: 'u1',
    sent_at: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    text: 'plain',
    locale: 'en-IN',
    intent: null,
    intent_labelled_at: null,
    text_group: null,
  };

  it('formats source, then the columns in the order of the spec, and null as \\N', () => {
    expect(line(message)).toBe('generated\tm1\tu1\t2026-01-02T03:04:05.006Z\tplain\ten-IN\t\\N\t\\N\t\\N\n');
  });

  it('escapes tabs, line breaks and backslashes', () => {
    expect(line({ ...message, text: 'a\tb\nc\rd\\N' })).toContain('\ta\\tb\\nc\\rd\\\\N\t');
  });
});
