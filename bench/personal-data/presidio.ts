import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { MarkedText } from './span-scores.js';

const FILE = 'pii/presidio-synth/synth_dataset_v2.json.gz';

const sentences = z.array(
  z.object({
    full_text: z.string(),
    spans: z.array(z.object({ entity_type: z.string(), start_position: z.int(), end_position: z.int() })),
    template_id: z.int(),
  }),
);

/** Types of the set that are personal data here; the others (organisations, dates, titles, ages …) are not. */
const TYPES: Readonly<Record<string, string>> = {
  PERSON: 'NAME',
  PHONE_NUMBER: 'PHONE',
  CREDIT_CARD: 'CARD',
  EMAIL_ADDRESS: 'EMAIL',
  IBAN_CODE: 'IBAN',
  IP_ADDRESS: 'IP_ADDRESS',
  STREET_ADDRESS: 'ADDRESS',
};

/** A sentence, and the template that it was made from. */
export interface SynthSentence extends MarkedText {
  readonly template: number;
}

/** The 1,500 synthetic sentences of presidio-research; null when they are not there. */
export function readPresidio(dataFolder: string): readonly SynthSentence[] | null {
  const path = join(dataFolder, FILE);
  if (!existsSync(path)) return null;
  const read = sentences.parse(JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')));
  return read.map(({ full_text: text, spans, template_id: template }) => ({
    ...{ text, template },
    spans: spans.flatMap(({ entity_type, start_position: start, end_position: end }) => {
      const type = TYPES[entity_type];
      return type === undefined ? [] : [{ type, start, end }];
    }),
  }));
}
