import { z } from 'zod';
import type { ArtefactFiles, Predictor } from '../contracts/model-definition.js';
import { readJson } from '../learning/artefact/index.js';

/** File of an artefact that holds requests with their answers. */
export const SAMPLE_FILE = 'sample.json';

const sample = z.object({ inputs: z.array(z.unknown()).min(1), outputs: z.array(z.unknown()).min(1) });
/** Requests, and what the predictor answered to them at the end of training. */
export type Sample = z.infer<typeof sample>;

/** @throws PipelineError `ARTEFACT_INVALID` when the artefact has no sample. */
export const readSample = (files: ArtefactFiles): Sample => readJson(files, SAMPLE_FILE, sample);

const TOLERANCE = 1e-5;

/** Where two JSON values differ. The values may be a customer's. */
export interface Difference {
  readonly path: string;
  readonly found: unknown;
  readonly wanted: unknown;
}

/** The first place where two JSON values differ by more than the tolerance, or null. Numbers are compared absolutely. */
export function firstDifference(found: unknown, wanted: unknown, path = 'output'): Difference | null {
  if (typeof wanted === 'number' && typeof found === 'number')
    return Math.abs(found - wanted) <= TOLERANCE ? null : { path, found, wanted };
  if (wanted !== null && found !== null && typeof wanted === 'object' && typeof found === 'object') {
    const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
    for (const name of names) {
      const difference = firstDifference(member(found, name), member(wanted, name), `${path}.${name}`);
      if (difference !== null) return difference;
    }
    return null;
  }
  return Object.is(found, wanted) ? null : { path, found, wanted };
}

const member = (value: object, name: string): unknown => (value as Record<string, unknown>)[name];

/** The first difference between what a predictor answers and the sample stored at its training, or null. */
export async function differenceFromSample(
  predictor: Predictor,
  { inputs, outputs }: Sample,
): Promise<Difference | null> {
  const found = await predictor.predict(inputs.map((each) => predictor.input.parse(each)));
  return firstDifference(throughJson(found), outputs);
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
