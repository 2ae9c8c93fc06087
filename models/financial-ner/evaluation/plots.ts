import type { Plot } from '../../../contracts/evaluation.js';
import { calibrationBins } from '../../../learning/evaluation/metrics/index.js';
import { countSpans, f1Of, precisionOf, recallOf, sumSpans } from '../../../learning/evaluation/metrics/spans.js';
import { judgedConfidences, type JudgedText } from './scored-text.js';

const SIZE = { width: 360, height: 300 } as const;
const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';
const NOTHING = '(none)';
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Counts of annotated type against found type; a span that only overlaps counts for the type it has. */
function confusion(judged: readonly JudgedText[]): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (truth: string, found: string): void => {
    const key = `${truth}\t${found}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { wanted, found } of judged) {
    const open = [...found];
    for (const span of wanted) {
      const exact = open.findIndex(({ start, end }) => start === span.start && end === span.end);
      const near = exact >= 0 ? exact : open.findIndex(({ start, end }) => start < span.end && span.start < end);
      const [match] = near >= 0 ? open.splice(near, 1) : [];
      add(span.type, match?.type ?? NOTHING);
    }
    for (const { type } of open) add(NOTHING, type);
  }
  return counts;
}

function confusionPlot(judged: readonly JudgedText[], types: readonly string[]): Plot {
  const values = [...confusion(judged)].sort().map(([key, count]) => {
    const [truth = '', found = ''] = key.split('\t');
    return { truth, found, count };
  });
  const order = [...types, NOTHING];
  const encoding = {
    x: { field: 'found', type: 'nominal', sort: order, title: 'found as' },
    y: { field: 'truth', type: 'nominal', sort: order, title: 'annotated as' },
  };
  const color = { field: 'count', type: 'quantitative', scale: { type: 'symlog', scheme: 'blues' }, title: 'entities' };
  const cells = { mark: 'rect', encoding: { ...encoding, color } };
  // Dark cells begin at about an eighth of the largest count on this scale.
  const dark = Math.max(0, ...values.map(({ count }) => count)) / 8;
  const ink = { condition: { test: `datum.count > ${dark}`, value: 'white' }, value: 'black' };
  const numbers = {
    mark: { type: 'text', fontSize: 10 },
    encoding: { ...encoding, text: { field: 'count', type: 'quantitative' }, color: ink },
  };
  return {
    title: 'Confusion of types',
    caption: `Annotated against found type of spans that overlap; ${NOTHING} = missed, or found where nothing is annotated.`,
    spec: { $schema: SCHEMA, ...SIZE, data: { values }, layer: [cells, numbers] },
  };
}

function reliabilityPlot(judged: readonly JudgedText[]): Plot {
  const { labels, scores } = judgedConfidences(judged);
  const bins = labels.length === 0 ? [] : calibrationBins(labels, scores);
  const values = bins.map(({ predicted, observed, n }) => ({
    predicted: rounded(predicted),
    observed: rounded(observed),
    n,
  }));
  const axis = (field: string, title: string) => ({ field, title, type: 'quantitative' });
  const ends = [0, 1].map((at) => ({ predicted: at, observed: at }));
  const encoding = { x: axis('predicted', 'confidence'), y: axis('observed', 'share exactly right') };
  const diagonal = { data: { values: ends }, mark: { type: 'line', strokeDash: [4, 4], color: '#999' }, encoding };
  const points = { data: { values }, mark: 'point', encoding: { ...encoding, size: axis('n', 'entities') } };
  return {
    title: 'Reliability',
    caption:
      'Share of found entities that are exactly right against their confidence; on the dashed line the two agree.',
    spec: { $schema: SCHEMA, ...SIZE, layer: [diagonal, points] },
  };
}

function typePlot(judged: readonly JudgedText[], types: readonly string[]): Plot {
  const measures = { precision: precisionOf, recall: recallOf, F1: f1Of };
  const values = types.flatMap((type) => {
    const only = <S extends { type: string }>(spans: readonly S[]): S[] => spans.filter((span) => span.type === type);
    const sum = sumSpans(judged.map(({ found, wanted }) => countSpans(only(found), only(wanted))));
    return Object.entries(measures).map(([measure, of]) => ({ type, measure, value: rounded(of(sum)), n: sum.wanted }));
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
export const evaluationPlots = (judged: readonly JudgedText[], types: readonly string[]): Plot[] => [
  confusionPlot(judged, types),
  reliabilityPlot(judged),
  typePlot(judged, types),
];
