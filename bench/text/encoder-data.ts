import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Texts with a class number each. */
export interface EncoderTexts {
  readonly texts: readonly string[];
  readonly labels: readonly number[];
}

const fileIn = (dataFolder: string): string => join(dataFolder, 'intent', 'clinc150', 'data_full.json.gz');

export const hasClinc = (dataFolder: string): boolean => existsSync(fileIn(dataFolder));

/** CLINC150's official training part: 15,000 texts, 150 intents. */
export function readClincTraining(dataFolder: string): EncoderTexts {
  const text = gunzipSync(readFileSync(fileIn(dataFolder))).toString('utf8');
  const { train } = JSON.parse(text) as { train: [string, string][] };
  const names = [...new Set(train.map(([, intent]) => intent))].sort();
  const position = new Map(names.map((name, index) => [name, index]));
  return { texts: train.map(([utterance]) => utterance), labels: train.map(([, intent]) => position.get(intent)!) };
}
