import { Packr } from 'msgpackr';
import type { Stage } from '../../contracts/ids.js';
import { createMask } from '../../learning/text/personal-data/index.js';
import type { KeyedHash, KeyRing } from '../../platform/keys/key-ring.js';
import type { ValuesOfViews } from '../request-features.js';

/** What an answer of the API leaves in the log. */
export interface LoggedAnswer {
  readonly id: string;
  /** When it was answered; milliseconds. */
  readonly at: number;
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly stage: Stage;
  /** The customer, whose hash is stored; null: the request named none. */
  readonly subject: string | null;
  /** Which views and states were read, in which version and as of when; `missing`; null: all inputs were sent. */
  readonly features: unknown;
  readonly abstained: boolean;
  readonly latencyMs: number;
  /** Of an experiment; null: none. */
  readonly arm: string | null;
  readonly content: Omit<AnswerContent, 'textHash'>;
  /** Text whose hash is kept with the content, because people annotate it and it is stored masked. */
  readonly text?: string | undefined;
}

/** The part of an answer that is stored encrypted. */
export interface AnswerContent {
  /** The predictor's input, before its schema reads it. */
  readonly input: unknown;
  readonly output: unknown;
  readonly explanation?: unknown;
  readonly coverage?: unknown;
  /** Of the feature views as the store gave them, for the comparison with what they should be. */
  readonly valuesOfViews?: ValuesOfViews;
  /** HMAC of the text that was answered. */
  readonly textHash?: KeyedHash;
}

/** A row as it is written. */
export interface SealedRow extends Omit<LoggedAnswer, 'subject' | 'content' | 'features' | 'text'> {
  /** HMAC of the customer's id; null: none was named. */
  readonly subjectHash: Buffer | null;
  /** Version of the key of that hash. */
  readonly subjectKey: number | null;
  /** JSON. */
  readonly features: string | null;
  readonly sealed: Buffer;
}

/** No records: each row must be read alone. `moreTypes` keeps typed arrays and sets. */
const packr = new Packr({ useRecords: false, moreTypes: true });

/** Signed for a text; no customer's id begins so. */
const textMessage = (text: string): string => `text\0${text}`;

/** Masks identifiers in the texts, packs and encrypts the content, and hashes the customer. */
export function sealAnswer(keys: KeyRing, answer: LoggedAnswer): SealedRow {
  const { subject, content, features, text, ...plain } = answer;
  const mask = createMask();
  const { input: given, valuesOfViews, ...rest } = content;
  const input = mask.mask(given); // first: what is found in it is hidden in the answer too
  const textHash = text === undefined ? undefined : keys.sign('subjects', textMessage(text));
  const masked = { ...mask.mask(rest), input, ...(textHash && { textHash }), ...(valuesOfViews && { valuesOfViews }) };
  const hash = subject === null ? null : keys.sign('subjects', subject);
  return {
    ...plain,
    subjectHash: hash?.hash ?? null,
    subjectKey: hash?.version ?? null,
    features: features === null ? null : JSON.stringify(features),
    sealed: keys.seal('prediction-log', packr.pack(masked), answer.id),
  };
}

/** The content of a row. @throws PipelineError `KEY_NOT_FOUND`, `DECRYPTION_FAILED`. */
export const openContent = (
  keys: Pick<KeyRing, 'open'>,
  { id, sealed }: Pick<SealedRow, 'id' | 'sealed'>,
): AnswerContent => packr.unpack(keys.open('prediction-log', sealed, id)) as AnswerContent;

/** Whether a logged answer is about this text; false also where it was logged without a hash. */
export function isTextOf(keys: Pick<KeyRing, 'verify'>, { textHash }: AnswerContent, text: string): boolean {
  if (textHash === undefined) return false;
  const { version, hash } = textHash;
  return keys.verify('subjects', textMessage(text), { version, hash: Buffer.from(hash) });
}

/** A row as bytes for a file. */
export const packRow = (row: SealedRow): Buffer => packr.pack(row);
export const unpackRow = (bytes: Uint8Array): SealedRow => packr.unpack(bytes) as SealedRow;
