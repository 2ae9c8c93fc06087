import type { Plot } from '../../../contracts/evaluation.js';
import { rounded, SCHEMA } from '../../../learning/evaluation/plots/drawing.js';
import { reliabilityPlot } from '../../../learning/evaluation/plots/reliability.js';
import {
  calibrationBins,
  type Classified,
  confusions,
  type Confusion,
} from '../../../learning/evaluation/metrics/index.js';
import { parseLabels } from '../data/label-set.js';

/** Maximum number of intents in the confusion matrix; with more, the most confused ones are shown. */
const MAXIMUM_NAMES = 16;
/** Cells with a larger share are dark; their text is white. */
const DARK_SHARE = 0.55;

interface EvaluatedRows {
  readonly truth: readonly string[];
  readonly predicted: readonly string[];
  readonly confidence: readonly number[];
}

/** All intents, or the most confused ones when there are too many. */
function shownNames(cells: readonly Confusion[]): { readonly names: ReadonlySet<string>; readonly all: boolean } {
  const allNames = new Set(cells.flatMap(({ truth, predicted }) => [truth, predicted]));
  if (allNames.size <= MAXIMUM_NAMES) return { names: allNames, all: true };
  const names = new Set<string>();
  for (const { truth, predicted } of cells.filter((cell) => cell.truth !== cell.predicted)) {
    if (names.size + 2 > MAXIMUM_NAMES) break;
    names.add(truth).add(predicted);
  }
  return { names, all: false };
}

const NONE = '(none)';

type LabelPair = readonly [truth: string, predicted: string];

/** A multi-label row as cells of the matrix: each correct label, and each missed label with each extra one. */
function labelPairs(truth: readonly string[], predicted: readonly string[]): LabelPair[] {
  const correct = truth.filter((name) => predicted.includes(name)).map((name): LabelPair => [name, name]);
  const missed = truth.filter((name) => !predicted.includes(name));
  const extra = predicted.filter((name) => !truth.includes(name));
  if (missed.length + extra.length === 0) return correct;
  const orNone = (names: readonly string[]): readonly string[] => (names.length > 0 ? names : [NONE]);
  const wrong = orNone(missed).flatMap((from) => orNone(extra).map((to): LabelPair => [from, to]));
  return [...correct, ...wrong];
}

/** Multi-label rows as rows of one label each. */
function splitLabels({ truth, predicted }: Classified): Classified {
  const pairs = truth.flatMap((labels, row) => labelPairs(parseLabels(labels), parseLabels(predicted[row]!)));
  return { truth: pairs.map(([from]) => from), predicted: pairs.map(([, to]) => to) };
}

function captionOf(all: boolean, multiLabel: boolean): string {
  const what = multiLabel
    ? `Intents of held-out messages: labelled against predicted; ${NONE} = missed, or predicted beside the right ones`
    : 'Held-out messages by labelled and predicted intent';
  return `${what}${all ? '' : '; the intents that are confused most'}. Off the diagonal are mistakes.`;
}

function confusionPlot(evaluated: EvaluatedRows, multiLabel: boolean): Plot {
  const cells = confusions(multiLabel ? splitLabels(evaluated) : evaluated);
  const { names, all } = shownNames(cells);
  const totals = new Map<string, number>();
  for (const { truth, rows } of cells) totals.set(truth, (totals.get(truth) ?? 0) + rows);
  const values = cells
    .filter(({ truth, predicted }) => names.has(truth) && names.has(predicted))
    .map((cell) => ({ ...cell, share: rounded(cell.rows / totals.get(cell.truth)!) }));
  const name = (field: string, title: string) => ({ field, title, type: 'nominal', axis: { labelLimit: 160 } });
  const position = { x: name('predicted', 'predicted intent'), y: name('truth', 'labelled intent') };
  const colour = { field: 'share', title: 'share of the label', type: 'quantitative', scale: { scheme: 'blues' } };
  const textColour = { condition: { test: `datum.share > ${DARK_SHARE}`, value: 'white' }, value: 'black' };
  const rows = { field: 'rows', type: 'quantitative' };
  return {
    title: 'Confusion matrix',
    caption: captionOf(all, multiLabel),
    spec: {
      $schema: SCHEMA,
      width: { step: 22 },
      height: { step: 18 },
      data: { values },
      encoding: position,
      layer: [
        { mark: 'rect', encoding: { color: colour } },
        { mark: { type: 'text', fontSize: 9 }, encoding: { text: rows, color: textColour } },
      ],
    },
  };
}

function confidencePlot({ confidence }: EvaluatedRows, correct: readonly number[]): Plot {
  return reliabilityPlot(calibrationBins(correct, confidence), {
    caption: 'Share of right answers at each confidence, in bands of a tenth; on the dashed line the two agree.',
    observed: 'share right',
    unit: 'messages',
  });
}

/** Confusion matrix and reliability as Vega-Lite with inline data. */
export const evaluationPlots = (rows: EvaluatedRows, correct: readonly number[], multiLabel: boolean): Plot[] => [
  confusionPlot(rows, multiLabel),
  confidencePlot(rows, correct),
];
