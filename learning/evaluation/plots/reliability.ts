import type { Plot } from '../../../contracts/evaluation.js';
import type { CalibrationBin } from '../metrics/index.js';
import { rounded, SCHEMA, SIZE } from './drawing.js';

/** Texts of a reliability plot. */
export interface ReliabilityTexts {
  readonly caption: string;
  /** Axis title of the observed share. */
  readonly observed: string;
  /** What a bin counts, such as `messages`. */
  readonly unit: string;
}

/** Observed share against predicted probability per bin, with the diagonal, as Vega-Lite with inline data. */
export function reliabilityPlot(bins: readonly CalibrationBin[], { caption, observed, unit }: ReliabilityTexts): Plot {
  const values = bins.map((bin) => ({ predicted: rounded(bin.predicted), observed: rounded(bin.observed), n: bin.n }));
  const axis = (field: string, title: string) => ({ field, title, type: 'quantitative', scale: { domain: [0, 1] } });
  const encoding = { x: axis('predicted', 'confidence'), y: axis('observed', observed) };
  const ends = [0, 1].map((value) => ({ predicted: value, observed: value }));
  const size = { field: 'n', title: unit, type: 'quantitative' };
  return {
    title: 'Reliability',
    caption,
    spec: {
      $schema: SCHEMA,
      ...SIZE,
      layer: [
        { data: { values: ends }, mark: { type: 'line', strokeDash: [4, 4], color: '#999' }, encoding },
        { data: { values }, mark: 'point', encoding: { ...encoding, size } },
      ],
    },
  };
}
