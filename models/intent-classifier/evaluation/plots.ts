import type { Plot } from '../../../contracts/evaluation.js';
import {
  calibrationBins,
  type Classified,
  confusions,
  type Confusion,
} from '../../../learning/evaluation/metrics/index.js';
import { parseLabels } from '../data/label-set.js';

/** A matrix with more names cannot be read on a card; then those most often confused are shown. */
const MOST_NAMES = 16;
const SIZE = { width: 360, height: 300 } as const;
const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';
const SHADES = 0.55;

interface Judged {
  readonly truth: readonly string[];
  readonly predicted: readonly string[];
  readonly confidence: readonly number[];
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Names in the order in which they are most often confused, as many as can be read. */
function shownNames(cells: readonly Confusion[]): { readonly names: ReadonlySet<string>; readonly all: boolean } {
  const every = new Set(cells.flatMap(({ truth, predicted }) => [truth, predicted]));
  if (every.size <= MOST_NAMES) return { names: every, all: true };
  const names = new Set<string>();
  for (const { truth, predicted } of cells.filter((cell) => cell.truth !== cell.predicted)) {
    if (names.size + 2 > MOST_NAMES) break;
    names.add(truth).add(predicted);
  }
  return { names, all: false };
}

const NOTHING = '(none)';

/** A message's labels as cells: what was found, and what was missed beside what was answered in its place. */
function labelPairs(truth: readonly string[], predicted: readonly string[]): [string, string][] {
  const right = truth.filter((name) => predicted.includes(name)).map((name): [string, string] => [name, name]);
  const missed = truth.filter((name) => !predicted.includes(name));
  const extra = predicted.filter((name) => !truth.includes(name));
  const or = (names: readonly string[]): readonly string[] => (names.length > 0 ? names : [NOTHING]);
  const wrong = missed.length + extra.length === 0 ? [] : or(missed).flatMap((from) => or(extra).map((to): [string, string] => [from, to])); // prettier-ignore
  return [...right, ...wrong];
}

/** Rows of one label each. */
function byLabel({ truth, predicted }: Classified): Classified {
  const pairs = truth.flatMap((labels, row) => labelPairs(parseLabels(labels), parseLabels(predicted[row]!)));
  return { truth: pairs.map(([from]) => from), predicted: pairs.map(([, to]) => to) };
}

function captionOf(all: boolean, several: boolean): string {
  const what = several
    ? `Intents of held-out messages: labelled against predicted; ${NOTHING} = missed, or predicted beside the right ones`
    : 'Held-out messages by labelled and predicted intent';
  return `${what}${all ? '' : '; the intents that are confused most'}. Off the diagonal are mistakes.`;
}

function confusionPlot(judged: Judged, several: boolean): Plot {
  const cells = confusions(several ? byLabel(judged) : judged);
  const { names, all } = shownNames(cells);
  const totals = new Map<string, number>();
  for (const { truth, rows } of cells) totals.set(truth, (totals.get(truth) ?? 0) + rows);
  const values = cells
    .filter(({ truth, predicted }) => names.has(truth) && names.has(predicted))
    .map((cell) => ({ ...cell, share: rounded(cell.rows / totals.get(cell.truth)!) }));
  const name = (field: string, title: string) => ({ field, title, type: 'nominal', axis: { labelLimit: 160 } });
  const position = { x: name('predicted', 'predicted intent'), y: name('truth', 'labelled intent') };
  const colour = { field: 'share', title: 'share of the label', type: 'quantitative', scale: { scheme: 'blues' } };
  const white = { condition: { test: `datum.share > ${SHADES}`, value: 'white' }, value: 'black' };
  const rows = { field: 'rows', type: 'quantitative' };
  return {
    title: 'Confusion matrix',
    caption: captionOf(all, several),
    spec: {
      $schema: SCHEMA,
      width: { step: 22 },
      height: { step: 18 },
      data: { values },
      encoding: position,
      layer: [
        { mark: 'rect', encoding: { color: colour } },
        { mark: { type: 'text', fontSize: 9 }, encoding: { text: rows, color: white } },
      ],
    },
  };
}

function reliabilityPlot({ confidence }: Judged, right: readonly number[]): Plot {
  const values = calibrationBins(right, confidence).map(({ predicted, observed, n }) => ({
    predicted: rounded(predicted),
    observed: rounded(observed),
    n,
  }));
  const axis = (field: string, title: string) => ({ field, title, type: 'quantitative', scale: { domain: [0, 1] } });
  const ends = { values: [{ predicted: 0, observed: 0 }, { predicted: 1, observed: 1 }] }; // prettier-ignore
  const encoding = { x: axis('predicted', 'confidence'), y: axis('observed', 'share right') };
  const size = { field: 'n', title: 'messages', type: 'quantitative' };
  return {
    title: 'Reliability',
    caption: 'Share of right answers at each confidence, in bands of a tenth; on the dashed line the two agree.',
    spec: {
      $schema: SCHEMA,
      ...SIZE,
      layer: [
        { data: ends, mark: { type: 'line', strokeDash: [4, 4], color: '#999' }, encoding },
        { data: { values }, mark: 'point', encoding: { ...encoding, size } },
      ],
    },
  };
}

/** Confusion matrix and reliability as Vega-Lite with inline data. */
export const evaluationPlots = (judged: Judged, right: readonly number[], several: boolean): Plot[] => [
  confusionPlot(judged, several),
  reliabilityPlot(judged, right),
];
