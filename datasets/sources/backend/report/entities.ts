import { hashFraction } from '../../../../learning/numeric/hash/murmur.js';
import type { Customer, TrueSpan } from '../generator/customer.js';
import type { EntityAnnotationRow } from '../generator/rows.js';
import { heldOutShare, taskReport, splitSalt, type TaskScorer } from './task-report.js';

interface AnnotatedText {
  readonly text: string;
  readonly annotated: readonly TrueSpan[];
  readonly truth: readonly TrueSpan[];
  readonly heldOut: boolean;
}

const isHeldOut = (group: string | null): boolean => hashFraction(splitSalt, group ?? '') < heldOutShare;
const spanOf = (row: EntityAnnotationRow): TrueSpan => ({
  type: row.entity_type,
  start: row.start_offset,
  end: row.end_offset,
});

function annotationsByText(customer: Customer): Map<string, TrueSpan[]> {
  const spans = new Map<string, TrueSpan[]>();
  for (const row of customer.rows.entity_annotations) {
    const id = row.message_id ?? row.transaction_id ?? '';
    const own = spans.get(id);
    if (own) own.push(spanOf(row));
    else spans.set(id, [spanOf(row)]);
  }
  return spans;
}

/** All labelled messages, which are fully annotated, and the statement lines that have an annotation row. */
function textsOf(customer: Customer): AnnotatedText[] {
  const annotations = annotationsByText(customer);
  const groups = new Map(customer.rows.entity_annotations.map((row) => [row.transaction_id, row.text_group]));
  const truthOf = (id: string): readonly TrueSpan[] => customer.truth.spans.get(id) ?? [];
  const messages = customer.rows.chat_messages
    .filter((row) => row.intent_labelled_at !== null)
    .map((row) => ({ id: row.id, text: row.text, group: row.text_group }));
  const lines = customer.rows.transactions
    .filter((row) => annotations.has(row.id))
    .map((row) => ({ id: row.id, text: row.description, group: groups.get(row.id) ?? null }));
  return [...messages, ...lines].map(({ id, text, group }) => ({
    text,
    annotated: annotations.get(id) ?? [],
    truth: truthOf(id),
    heldOut: isHeldOut(group),
  }));
}

/** Most frequent entity type by lower-case surface form. */
function dictionaryOf(texts: readonly AnnotatedText[]): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { text, annotated } of texts)
    for (const span of annotated) {
      const surface = text.slice(span.start, span.end).toLowerCase();
      const types = counts.get(surface) ?? new Map<string, number>();
      types.set(span.type, (types.get(span.type) ?? 0) + 1);
      counts.set(surface, types);
    }
  const mostFrequent = (types: Map<string, number>): string => [...types].sort((a, b) => b[1] - a[1])[0]![0];
  return new Map([...counts].map(([surface, types]) => [surface, mostFrequent(types)]));
}

const longestEntry = 6;

/** The longest dictionary entry that starts at word `from`; null when there is none. */
function matchAt(
  text: string,
  words: readonly TrueSpan[],
  from: number,
  dictionary: Map<string, string>,
): TrueSpan | null {
  for (let length = Math.min(longestEntry, words.length - from); length >= 1; length--) {
    const start = words[from]!.start;
    const end = words[from + length - 1]!.end;
    const type = dictionary.get(text.slice(start, end).toLowerCase());
    if (type !== undefined) return { type, start, end };
  }
  return null;
}

/** Finds dictionary entries from left to right; words are separated by blanks, slashes and dashes. */
function lookUp(text: string, dictionary: Map<string, string>): TrueSpan[] {
  const words = [...text.matchAll(/[^\s/!?-]+/g)].map(({ index, 0: { length } }) => ({
    type: '',
    start: index,
    end: index + length,
  }));
  const found: TrueSpan[] = [];
  for (let at = 0; at < words.length; at++) {
    const match = matchAt(text, words, at, dictionary);
    if (match === null) continue;
    found.push(match);
    while (at + 1 < words.length && words[at + 1]!.start < match.end) at++;
  }
  return found;
}

/** Micro-averaged F1 of predicted spans, which must match an annotation in type and both ends. */
function f1(texts: readonly AnnotatedText[], predict: (text: AnnotatedText) => readonly TrueSpan[]): number {
  const key = ({ type, start, end }: TrueSpan): string => `${type} ${start} ${end}`;
  let truePositives = 0;
  let predicted = 0;
  let annotated = 0;
  for (const text of texts) {
    const gold = new Set(text.annotated.map(key));
    const spans = predict(text);
    truePositives += spans.filter((span) => gold.has(key(span))).length;
    predicted += spans.length;
    annotated += gold.size;
  }
  return (2 * truePositives) / (predicted + annotated);
}

/** Entity F1 on messages and statement lines. The holdout's templates, merchants and names do not occur in training. */
export function scoreEntities(): TaskScorer {
  const texts: AnnotatedText[] = [];
  return {
    add: (customer) => void texts.push(...textsOf(customer)),
    report() {
      const train = texts.filter((text) => !text.heldOut);
      const holdout = texts.filter((text) => text.heldOut);
      const dictionary = dictionaryOf(train);
      return taskReport({
        task: 'entities',
        metric: 'F1',
        direction: 'higher',
        target: 0.9,
        trivial: {
          name: 'dictionary of training entities',
          score: f1(holdout, ({ text }) => lookUp(text, dictionary)),
        },
        oracle: { name: 'true spans against annotations', score: f1(holdout, ({ truth }) => truth) },
        trainRows: train.length,
        holdoutRows: holdout.length,
        holdout: 'text groups (wordings, merchants, names)',
      });
    },
  };
}
