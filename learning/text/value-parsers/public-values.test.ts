import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findIdentifiers, readAmount, readDate } from './index.js';

/* Comparison with public annotations: slots of NLU++ and Presidio's synthetic identifiers. */

const shared = join(import.meta.dirname, '../../../../shared/data');
const nlupp = join(shared, 'intent/nlupp-banking');
const presidio = join(shared, 'pii/presidio-synth/synth_dataset_v2.json.gz');

interface SlotValue {
  readonly day?: number;
  readonly month?: number;
  readonly year?: number;
  readonly amount?: number;
  readonly currency?: string;
}
interface Slot {
  readonly name: string;
  readonly text: string;
  readonly value: SlotValue | null;
}

function slots(): Slot[] {
  const files = readdirSync(nlupp).filter((name) => name.startsWith('fold'));
  return files.flatMap((file) => {
    const rows = JSON.parse(readFileSync(join(nlupp, file), 'utf8')) as {
      slots?: Record<string, Omit<Slot, 'name'>>;
    }[];
    return rows.flatMap((row) => Object.entries(row.slots ?? {}).map(([name, slot]) => ({ name, ...slot })));
  });
}

const isoOf = ({ year, month, day }: SlotValue): string =>
  [String(year), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');

describe.skipIf(!existsSync(nlupp))('values of NLU++ (needs ../shared/data/intent)', () => {
  it('readAmount gives the annotated value of every amount', () => {
    const amounts = slots().filter(({ name }) => name === 'amount_of_money');
    expect(amounts.length).toBeGreaterThan(80);
    for (const { text, value } of amounts)
      expect(readAmount(text, 'ambiguous')).toEqual({
        kind: 'amount',
        amount: value?.amount,
        currency: value?.currency,
      });
  });

  it('readDate parses all but three dates and gives the annotated value of fully specified ones', () => {
    const dates = slots().filter(({ name, value }) => name.startsWith('date') && value?.day !== undefined);
    const read = dates.map(({ name, text, value }) => {
      // The reference day of the data set.
      const found = readDate(text, '2022-03-15');
      return { text, found, same: found?.[name === 'date_to' ? 'to' : 'from'] === isoOf(value!) };
    });
    expect(dates.length).toBeGreaterThan(240);
    expect(read.filter(({ found }) => found === null).length).toBeLessThanOrEqual(3);
    // Days without a year: the annotations take the next one, readDate the nearest one.
    expect(read.filter(({ same }) => same).length / dates.length).toBeGreaterThan(0.7);
    const named = read.filter(({ text }) => /\d{4}|ago|tomorrow|yesterday|today|in \d/i.test(text));
    expect(named.filter(({ same }) => !same).length).toBeLessThanOrEqual(2);
  });
});

interface PiiText {
  readonly full_text: string;
  readonly spans: readonly {
    readonly entity_type: string;
    readonly start_position: number;
    readonly end_position: number;
  }[];
}

describe.skipIf(!existsSync(presidio))('identifiers of Presidio (needs ../shared/data/pii)', () => {
  const texts = existsSync(presidio) ? (JSON.parse(gunzipSync(readFileSync(presidio)).toString()) as PiiText[]) : [];
  const kinds: Readonly<Record<string, string>> = { CREDIT_CARD: 'CARD', IBAN_CODE: 'IBAN' };

  it('are found at their offsets: every IBAN and every card of at least 13 digits', () => {
    let wanted = 0;
    for (const { full_text: text, spans } of texts) {
      const found = findIdentifiers(text);
      for (const { entity_type: kind, start_position: start, end_position: end } of spans) {
        if (kinds[kind] === undefined || (kind === 'CREDIT_CARD' && end - start < 13)) continue;
        wanted += 1;
        expect(found).toContainEqual(expect.objectContaining({ type: kinds[kind], start, end }));
      }
    }
    expect(wanted).toBeGreaterThan(140);
  });

  it('have at most one false positive in 1,500 texts', () => {
    const wrong = texts.flatMap(({ full_text: text, spans }) =>
      findIdentifiers(text).filter(
        ({ start, type }) => !spans.some((span) => span.start_position === start && kinds[span.entity_type] === type),
      ),
    );
    expect(wrong.length).toBeLessThanOrEqual(1);
  });
});
