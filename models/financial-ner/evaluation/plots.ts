import type { Plot } from '../../../contracts/evaluation.js';
import { calibrationBins } from '../../../learning/evaluation/metrics/index.js';
import { f1Of, precisionOf, recallOf, sumSpans } from '../../../learning/evaluation/metrics/spans.js';
import { rounded, SCHEMA, SIZE } from '../../../learning/evaluation/plots/drawing.js';
import { reliabilityPlot } from '../../../learning/evaluation/plots/reliability.js';
import { countsOf, ofType, scoredConfidences, type ScoredText } from './scored-text.js';

const NONE = '(none)';

/** Counts annotated type against predicted type of overlapping spans; exact matches are assigned first. */
function countConfusions(texts: readonly ScoredText[]): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (truth: string, found: string): void => {
    const key = `${truth}\t${found}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { truth, predicted } of texts) {
    const unmatched = [...predicted];
    for (const span of truth) {
      const exact = unmatched.findIndex(({ start, end }) => start === span.start && end === span.end);
      const at = exact >= 0 ? exact : unmatched.findIndex(({ start, end }) => start < span.end && span.start < end);
      const [match] = at >= 0 ? unmatched.splice(at, 1) : [];
      add(span.type, match?.type ?? NONE);
    }
    for (const { type } of unmatched) add(NONE, type);
  }
  return counts;
}

function confusionPlot(texts: readonly ScoredText[], types: readonly string[]): Plot {
  const values = [...countConfusions(texts)].sort().map(([key, count]) => {
    const [truth = '', found = ''] = key.split('\t');
    return { truth, found, count };
  });
  const order = [...types, NONE];
  const encoding = {
    x: { field: 'found', type: 'nominal', sort: order, title: 'found as' },
    y: { field: 'truth', type: 'nominal', sort: order, title: 'annotated as' },
  };
  const color = { field: 'count', type: 'quantitative', scale: { type: 'symlog', scheme: 'blues' }, title: 'entities' };
  const cells = { mark: 'rect', encoding: { ...encoding, color } };
  // On this scale cells are dark from about an eighth of the largest count; their text is white.
  const dark = Math.max(0, ...values.map(({ count }) => count)) / 8;
  const textColour = { condition: { test: `datum.count > ${dark}`, value: 'white' }, value: 'black' };
  const numbers = {
    mark: { type: 'text', fontSize: 10 },
    encoding: { ...encoding, text: { field: 'count', type: 'quantitative' }, color: textColour },
  };
  return {
    title: 'Confusion of types',
    caption: `Annotated against found type of spans that overlap; ${NONE} = missed, or found where nothing is annotated.`,
    spec: { $schema: SCHEMA, ...SIZE, data: { values }, layer: [cells, numbers] },
  };
}

function confidencePlot(texts: readonly ScoredText[]): Plot {
  const { labels, scores } = scoredConfidences(texts);
  const bins = labels.length === 0 ? [] : calibrationBins(labels, scores);
  return reliabilityPlot(bins, {
    caption:
      'Share of found entities that are exactly right against their confidence; on the dashed line the two agree.',
    observed: 'share exactly right',
    unit: 'entities',
  });
}

function typePlot(texts: readonly ScoredText[], types: readonly string[]): Plot {
  const measures = { precision: precisionOf, recall: recallOf, F1: f1Of };
  const values = types.flatMap((type) => {
    const total = sumSpans(countsOf(ofType(texts, type)));
    return Object.entries(measures).flatMap(([measure, of]) => {
      const value = of(total);
      return Number.isNaN(value) ? [] : [{ type, measure, value: rounded(value), n: total.wanted }];
    });
  });
  const encoding = {
    y: { field: 'type', type: 'nominal', title: null },
    yOffset: { field: 'measure' },
    x: { field: 'value', type: 'quantitative', scale: { domain: [0, 1] }, title: 'share' },
    color: { field: 'measure', type: 'nominal', title: 'measure' },
  };
  return {
    title: 'By type',
    caption: 'Precision, recall and F1 of exact spans by entity type.',
    spec: { $schema: SCHEMA, width: SIZE.width, data: { values }, mark: 'bar', encoding },
  };
}

/** Confusion of types, reliability of confidences and quality by type as Vega-Lite with inline data. */
export const evaluationPlots = (texts: readonly ScoredText[], types: readonly string[]): Plot[] => [
  confusionPlot(texts, types),
  confidencePlot(texts),
  typePlot(texts, types),
];
