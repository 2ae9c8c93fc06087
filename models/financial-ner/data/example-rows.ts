import { createRandom, type Random } from '../../../learning/numeric/random/index.js';

/*
 * Invented texts for the example file and the fixture, of frames with slots. Names are made of syllables, so that most
 * names of the holdout are new; 2 % of the spans are missing.
 */

interface ExampleText {
  readonly id: string;
  readonly text: string;
  readonly group: string;
  readonly locale: string;
  readonly entities: readonly { readonly start: number; readonly end: number; readonly type: string }[];
}

const frames = [
  'please pay {AMOUNT} to {MERCHANT} {DATE}',
  'how much did I spend at {MERCHANT} {DATE}?',
  'transfer {AMOUNT} to {PERSON} from {ACCOUNT}',
  '😀 send {PERSON} {AMOUNT} today',
  'why was {AMOUNT} taken by {MERCHANT}',
  'kal {PERSON} ko {AMOUNT} bheje the',
  'what is the balance of {ACCOUNT}',
  'UPI/DR/000000000000/{MERCHANT}/{UPI_ID}',
  'I want to talk to somebody',
  'is the app down again?',
] as const;
const syllables = ['ka', 'lo', 'mi', 'ra', 'su', 'te', 'vi', 'zo', 'pa', 'ne'] as const;
const dates = ['yesterday', 'last month', 'next Friday', '12/03/2026', '5 March', 'on Monday'] as const;

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.integer(items.length)]!;
const word = (random: Random): string => pick(random, syllables) + pick(random, syllables) + pick(random, syllables);
const capitalise = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

function amount(random: Random): string {
  const value = 100 * (1 + random.integer(90));
  return pick(random, [`₹${value}`, `Rs ${value}`, `${value} rupees`, `${value / 100} lakh`]);
}

function fill(random: Random, type: string): string {
  if (type === 'AMOUNT') return amount(random);
  if (type === 'DATE') return pick(random, dates);
  if (type === 'ACCOUNT') return pick(random, ['savings account', `XX${1000 + random.integer(9000)}`]);
  if (type === 'UPI_ID') return `${word(random)}@okbank`;
  const name = capitalise(word(random));
  return type === 'PERSON'
    ? `${name} ${capitalise(word(random))}`
    : `${name} ${pick(random, ['Store', 'Foods', 'Mart'])}`;
}

function exampleText(random: Random, i: number): ExampleText {
  const frame = pick(random, frames);
  const entities: { start: number; end: number; type: string }[] = [];
  let text = '';
  for (const part of frame.split(/(\{[A-Z_]+\})/)) {
    if (!part.startsWith('{')) {
      text += part;
      continue;
    }
    const type = part.slice(1, -1);
    const filled = fill(random, type);
    if (random.uniform() >= 0.02) entities.push({ start: text.length, end: text.length + filled.length, type });
    text += filled;
  }
  const locale = frame.startsWith('kal ') ? 'hi-Latn' : 'en-IN';
  return { id: `text-${i + 1}`, text, group: `group-${random.integer(80)}`, locale, entities };
}

/** Generated texts. Deterministic given the seed. */
export function exampleRows(count: number, seed: number): ExampleText[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => exampleText(random, i));
}
