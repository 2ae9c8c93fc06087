import type { ColumnFinding, ColumnShape, DriftFinding } from '../../contracts/drift.js';
import type { Plot } from '../../contracts/evaluation.js';
import { isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import { axis, percentAxis, SCHEMA } from '../../learning/evaluation/plots/drawing.js';
import { code, column, NONE, percent, plain } from '../../registry/model-cards/cells.js';
import type { Block, CardDocument, Cell, Section } from '../../registry/model-cards/document.js';
import { toHtml } from '../../registry/model-cards/html.js';
import { windowText } from './window-text.js';

/** What a page on drift says. */
export interface DriftPage {
  readonly modelName: string;
  readonly line: string;
  readonly finding: DriftFinding;
  /** What was decided about the window, or that nothing was. */
  readonly decision: string;
  readonly reasons: readonly string[];
  /** When the next check is; null: none is scheduled. */
  readonly nextCheck: string | null;
}

const DIGITS = 3;
const figure = (value: number | null): Cell => (value === null ? NONE : plain(value.toPrecision(DIGITS)));

/** `drifted`, `no drift`, or `not compared`. */
export const verdictOf = ({ drifted, decided }: Pick<ColumnFinding, 'drifted' | 'decided'>): string =>
  drifted ? 'drifted' : decided ? 'no drift' : 'not compared';

const byRank = (columns: readonly ColumnFinding[]): ColumnFinding[] => columns.toSorted((a, b) => a.rank - b.rank);

function columnRow(found: ColumnFinding): Cell[] {
  const { effect, threshold, decided } = found;
  return [
    plain(String(found.rank)),
    code(found.column),
    plain(found.method),
    figure(decided ? found.statistic : null),
    figure(found.pValue),
    figure(found.adjustedPValue),
    effect === null ? NONE : plain(`${effect.name} ${effect.value.toPrecision(DIGITS)}`),
    figure(decided ? threshold : null),
    { text: verdictOf(found), tone: found.drifted ? 'bad' : decided ? 'good' : 'muted' },
  ];
}

function columnsSection({ finding }: DriftPage): Section {
  const titles = [
    ...[column('rank'), column('column', false), column('method', false), column('statistic'), column('p')],
    ...[column('adjusted p'), column('effect'), column('threshold'), column('verdict', false)],
  ];
  const rows = byRank(finding.columns).map(columnRow);
  const notes = byRank(finding.columns).flatMap(({ column: name, note }) =>
    note === null ? [] : [`${name}: ${note}`],
  );
  const blocks: Block[] =
    rows.length === 0
      ? [{ kind: 'points', items: ['No column could be compared.'] }]
      : [{ kind: 'table', columns: titles, rows }];
  if (notes.length > 0) blocks.push({ kind: 'points', items: notes });
  return { id: 'columns', title: 'Columns', blocks };
}

const SIDES = ['held-out rows', 'window'] as const;
const SMALL = { width: 260, height: 150 } as const;
const COLOUR = { field: 'rows', type: 'nominal', title: null, scale: { domain: [...SIDES] } } as const;

/** Share of the rows up to a value: the quantiles read the other way. */
const cumulative = ({ quantiles }: ColumnShape, rows: string) =>
  (quantiles ?? []).map((value, i, all) => ({ value, share: i / (all.length - 1), rows }));

function numberPlot({ of: name, kind, reference, current }: ColumnFinding): Plot {
  const values = [...cumulative(reference, SIDES[0]), ...cumulative(current, SIDES[1])];
  const title = kind === 'text' ? `${name} (characters)` : name;
  return {
    title: name,
    caption: 'Share of rows up to each value.',
    spec: {
      ...{ $schema: SCHEMA, ...SMALL, data: { values }, mark: { type: 'line', interpolate: 'monotone' } },
      encoding: {
        x: axis('value', title),
        y: percentAxis('share', 'share of rows'),
        color: COLOUR,
        strokeDash: { field: 'rows', type: 'nominal', scale: { domain: [...SIDES] } },
      },
    },
  };
}

const MOST_BARS = 8;

function categoryPlot({ of: name, reference, current }: ColumnFinding): Plot {
  const [before, now] = [new Map(reference.categories), new Map(current.categories)];
  const largest = [...new Set([...before.keys(), ...now.keys()])]
    .map((category) => ({ category, share: Math.max(before.get(category) ?? 0, now.get(category) ?? 0) }))
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_BARS);
  const values = largest.flatMap(({ category }) =>
    ([before, now] as const).map((shares, i) => ({ category, share: shares.get(category) ?? 0, rows: SIDES[i] })),
  );
  return {
    title: name,
    caption: 'Shares of the most frequent values.',
    spec: {
      ...{ $schema: SCHEMA, width: SMALL.width, height: { step: 12 }, data: { values }, mark: 'bar' },
      encoding: {
        x: percentAxis('share', 'share of rows'),
        y: { field: 'category', type: 'nominal', title: null, sort: null, axis: { labelLimit: 140 } },
        yOffset: { field: 'rows', sort: [...SIDES] },
        color: COLOUR,
      },
    },
  };
}

/** Columns that are drawn; the table has all. */
const MOST_PLOTS = 12;

function plotsSection({ finding }: DriftPage): Section[] {
  const distinct = [...new Map(byRank(finding.columns).map((found) => [found.of, found])).values()];
  const drawn = distinct.slice(0, MOST_PLOTS).flatMap((found) => {
    if (found.reference.categories !== null && found.current.categories !== null) return [categoryPlot(found)];
    return found.reference.quantiles === null || found.current.quantiles === null ? [] : [numberPlot(found)];
  });
  return drawn.length === 0 ? [] : [{ id: 'plots', title: 'Distributions', blocks: [{ kind: 'plots', plots: drawn }] }];
}

function decisionSection({ decision, reasons, nextCheck, finding }: DriftPage): Section {
  const { faults } = finding;
  const rows = [
    { label: 'Decision', value: plain(decision) },
    { label: 'Next check', value: nextCheck === null ? NONE : plain(nextCheck) },
    ...faults.map(({ kind, column: name, finding: found }) => ({
      label: `Fault of the source: ${kind}`,
      value: { text: `${name}: ${found}`, tone: 'bad' as const },
    })),
  ];
  const blocks: Block[] = [{ kind: 'facts', rows }];
  if (reasons.length > 0) blocks.push({ kind: 'points', items: reasons });
  return { id: 'decision', title: 'Decision', blocks };
}

function performanceSection({ finding: { performance } }: DriftPage): Section[] {
  if (performance === null) return [];
  const { method, metric, estimated, low, high, reference, assumptions } = performance;
  const band = low === null || high === null ? '' : ` (${low.toFixed(DIGITS)} to ${high.toFixed(DIGITS)})`;
  const rows = [
    { label: 'Metric', value: plain(metric) },
    { label: `Estimated for the window (${method})`, value: estimated === null ? NONE : plain(`${estimated.toFixed(DIGITS)}${band}`) }, // prettier-ignore
    { label: 'On the held-out rows', value: reference === null ? NONE : plain(reference.toFixed(DIGITS)) },
  ];
  const blocks: Block[] = [
    { kind: 'facts', rows },
    { kind: 'points', items: assumptions },
  ];
  return [{ id: 'performance', title: 'Performance without labels', blocks }];
}

/** All sections of a page on drift, in reading order. */
export function driftDocument(page: DriftPage): CardDocument {
  const { modelName, line, finding, decision, reasons } = page;
  const { driftedShare, undecided, answers, compared, referenceRows, version, mode } = finding;
  const share = driftedShare === null ? [] : [plain(`${percent(driftedShare)} of the columns drifted`)];
  return {
    kind: 'Drift',
    title: modelName,
    subtitle: `line ${line}, version ${version}, ${windowText(finding.window)}`,
    banner: isSynthetic(line) ? SYNTHETIC_REMARK : null,
    badges: [
      { text: undecided ?? decision, tone: undecided === null && reasons.length === 0 ? 'good' : 'bad' },
      ...share,
      plain(`${compared} of ${answers} answers, ${referenceRows} held-out rows`),
      plain(`mode ${mode}`),
    ],
    stage: null,
    reasons: [],
    headline: null,
    sections: [decisionSection(page), columnsSection(page), ...performanceSection(page), ...plotsSection(page)],
  };
}

/** One file without scripts and references to others; equal findings give equal bytes. */
export const renderDriftPage = (page: DriftPage): Promise<string> => toHtml(driftDocument(page));
