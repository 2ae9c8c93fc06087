import type { Metric } from '../../contracts/evaluation.js';
import { isSynthetic, type Stage, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import { measuredCell, NONE, plain, range } from './cells.js';
import type { Cell } from './document.js';
import { escapeHtml } from './html-text.js';
import { pageHtml } from './page.js';
import { formatMinute } from '../format-minute.js';
import { groupBy } from '../../learning/group-by.js';

/** One run that has a card, as the index shows it. */
export interface IndexedCard {
  readonly modelName: string;
  readonly line: string;
  /** Null for a run that its gates rejected. */
  readonly version: string | null;
  readonly stage: Stage | null;
  readonly workflowId: string;
  readonly at: Date;
  /** Rows of the dataset, training and holdout together. */
  readonly rows: number | null;
  readonly metrics: readonly Metric[];
  /** Beside the index; null when the blob of the card is lost. */
  readonly fileName: string | null;
}

/** Versions that stand side by side; older ones are listed below. */
const COLUMNS = 6;

const titleOf = ({ version }: IndexedCard): string => version ?? 'rejected';

const linkTo = (card: IndexedCard, text: string): string =>
  card.fileName === null
    ? `${escapeHtml(text)} (card lost)`
    : `<a href="${escapeHtml(encodeURIComponent(card.fileName))}">${escapeHtml(text)}</a>`;

interface Row {
  readonly title: string;
  readonly cells: readonly Cell[];
}

function metricCell(metric: Metric | undefined): Cell {
  if (metric === undefined) return NONE;
  const cell = measuredCell(metric);
  return metric.interval === undefined ? cell : { ...cell, text: `${cell.text} (${range(metric.interval, 3)})` };
}

function metricRows(cards: readonly IndexedCard[]): Row[] {
  const directions = new Map(cards.flatMap(({ metrics }) => metrics.map(({ name, direction }) => [name, direction])));
  return [...directions].map(([name, direction]) => ({
    title: `${name} ${direction === 'higher' ? '↑' : '↓'}`,
    cells: cards.map(({ metrics }) => metricCell(metrics.find((metric) => metric.name === name))),
  }));
}

const stageCell = ({ stage }: IndexedCard): Cell =>
  stage === null ? NONE : { text: stage, ...(stage === 'production' && { tone: 'good' as const }) };

const rowsOf = (cards: readonly IndexedCard[]): readonly Row[] => [
  { title: 'stage', cells: cards.map(stageCell) },
  { title: 'trained', cells: cards.map(({ at }) => plain(at.toISOString().slice(0, 10))) },
  { title: 'rows', cells: cards.map(({ rows }) => (rows === null ? NONE : plain(String(rows)))) },
  { title: 'run', cells: cards.map(({ workflowId }) => plain(workflowId)) },
  ...metricRows(cards),
];

function cellHtml(cell: Cell, title: string): string {
  const style = cell.text === NONE.text ? 'none' : cell.tone;
  return `<td data-title="${escapeHtml(title)}"${style === undefined ? '' : ` class="${style}"`}>${escapeHtml(cell.text)}</td>`;
}

function tableHtml(cards: readonly IndexedCard[]): string {
  const head = cards.map((card) => `<th scope="col">${linkTo(card, titleOf(card))}</th>`).join('');
  const rows = rowsOf(cards).map(({ title, cells }) => {
    const values = cells.map((cell, index) => cellHtml(cell, titleOf(cards[index]!)));
    return `<tr><th scope="row">${escapeHtml(title)}</th>${values.join('')}</tr>`;
  });
  const table = `<table><thead><tr><th scope="col"></th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
  return `<div class="scroll">${table}</div>`;
}

const listHtml = (cards: readonly IndexedCard[]): string =>
  cards.map((card) => `<li>${linkTo(card, `${titleOf(card)}, ${card.workflowId}`)}</li>`).join('');

function lineHtml(line: string, cards: readonly IndexedCard[]): string {
  const remark = isSynthetic(line) ? ` <strong class="remark">${escapeHtml(SYNTHETIC_REMARK)}</strong>` : '';
  const beside = cards.slice(0, COLUMNS);
  const older = cards.slice(COLUMNS);
  return [
    `<h3>line ${escapeHtml(line)}${remark}</h3>`,
    // Telephones leave out the head of the table, and with it its links.
    `<ul class="links">${listHtml(beside)}</ul>`,
    tableHtml(beside),
    older.length === 0 ? '' : `<p class="small">Older</p><ul>${listHtml(older)}</ul>`,
  ].join('\n');
}

function modelHtml(modelName: string, cards: readonly IndexedCard[]): string {
  const lines = [...groupBy(cards, ({ line }) => line)].map(([line, own]) => lineHtml(line, own));
  return `<section id="${escapeHtml(modelName)}">\n<h2>${escapeHtml(modelName)}</h2>\n${lines.join('\n')}\n</section>`;
}

const READING =
  'Each version was judged on the holdout of its own run, so two scores are comparable on equal rows only: ' +
  '<code>ml runs compare</code> says whether they are. The stages are those of the moment above.';

/**
 * An index of cards with the versions of each line side by side: one self-contained HTML file.
 * @param cards - newest first.  @param at - the moment of the stages.
 */
export function cardIndex(cards: readonly IndexedCard[], at: Date): string {
  const models = [...groupBy(cards, ({ modelName }) => modelName)];
  const links = models.map(([name]) => `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`).join('');
  const written = `${formatMinute(at)} UTC`;
  const body = [
    `<header>\n<p class="small">${written}</p>\n<h1>Model cards</h1>\n<p>${READING}</p>\n</header>`,
    `<nav aria-label="Models">${links}</nav>`,
    ...models.map(([name, own]) => modelHtml(name, own)),
  ];
  return pageHtml('Model cards', body.join('\n'));
}
