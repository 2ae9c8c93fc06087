import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findIdentifiers, readAmountAt, readDateAt } from './index.js';

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
  readonly sentence: string;
  readonly text: string;
  readonly span: readonly [number, number];
  readonly value: SlotValue | null;
}

function slots(): Slot[] {
  const files = readdirSync(nlupp).filter((name) => name.startsWith('fold'));
  return files.flatMap((file) => {
    const rows = JSON.parse(readFileSync(join(nlupp, file), 'utf8')) as {
      text: string;
      slots?: Record<string, Omit<Slot, 'name' | 'sentence'>>;
    }[];
    return rows.flatMap(({ text: sentence, slots: own = {} }) =>
      Object.entries(own).map(([name, slot]) => ({ name, sentence, ...slot })),
    );
  });
}

const isoOf = ({ year, month, day }: SlotValue): string =>
  [String(year), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');

describe.skipIf(!existsSync(nlupp))('values of NLU++ (needs ../shared/data/intent)', () => {
  const spanOf = ({ span: [start, end] }: Slot) => ({ start, end });

  it('readAmountAt gives the annotated value of every amount', () => {
    const amounts = slots().filter(({ name }) => name === 'amount_of_money');
    expect(amounts.length).toBeGreaterThan(80);
    for (const slot of amounts) {
      const { value } = readAmountAt(slot.sentence, spanOf(slot));
      // Amounts without a currency are "ambiguous" there and rupees here.
      const currency = slot.value?.currency === 'ambiguous' ? 'INR' : slot.value?.currency;
      expect(value).toEqual({ kind: 'amount', amount: slot.value?.amount, currency });
    }
  });

  it('readDateAt gives most dates a value and the annotated one to fully specified ones', () => {
    const dates = slots().filter(({ name, value }) => name.startsWith('date') && value?.day !== undefined);
    const read = dates.map((slot) => {
      // The reference day of the data set.
      const found = readDateAt(slot.sentence, spanOf(slot), { referenceDay: '2022-03-15' }).value;
      return { text: slot.text, found, same: found?.[slot.name === 'date_to' ? 'to' : 'from'] === isoOf(slot.value!) };
    });
    expect(dates.length).toBeGreaterThan(240);
    const valued = read.filter(({ found }) => found !== null);
    expect(valued.length / dates.length).toBeGreaterThan(0.78);
    // The annotations take the next such day even where the sentence tells of the past ("how much did I spend").
    expect(valued.filter(({ same }) => same).length / valued.length).toBeGreaterThan(0.72);
    const named = valued.filter(({ text }) => /\d{4}|ago|tomorrow|yesterday|today|in \d/i.test(text));
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
