import { NOT_MEASURABLE, type Plot } from '../../contracts/evaluation.js';
import { formatMeasure, formatNumber } from '../format-number.js';
import type { Block, CardDocument, Cell, Headline, Section, TableColumn } from './document.js';
import { NONE } from './cells.js';
import { headlineCharts } from './headline-chart.js';
import { escapeHtml, inlineHtml, proseHtml } from './html-text.js';
import { headlineSentence } from './markdown.js';
import { plotSvg } from './plot-svg.js';
import { stageBadge } from './present-stage.js';
import { pageHtml } from './page.js';

/** A cell without a value is left out where rows are blocks. */
function toned({ tone, text }: Cell): string {
  if (text === NONE.text) return ' class="none"';
  return tone === undefined ? '' : ` class="${tone}"`;
}
function cellHtml({ text, code, href }: Cell): string {
  const html = code === true ? `<code>${escapeHtml(text)}</code>` : escapeHtml(text);
  return href === undefined ? html : `<a href="${escapeHtml(href)}">${html}</a>`;
}

const sideOf = (column: TableColumn | undefined): string => (column?.numeric === true ? ' data-numeric' : '');
/** Narrow screens and paper set the cells of a row below each other, each behind the title of its column. */
const titleOf = (column: TableColumn | undefined): string => ` data-title="${escapeHtml(column?.title ?? '')}"`;

function rowHtml(columns: readonly TableColumn[], cells: readonly Cell[]): string {
  const html = cells.map((cell, index) => {
    const column = columns[index];
    const text = `${sideOf(column)}${toned(cell)}`;
    return index === 0
      ? `<th scope="row"${text}>${cellHtml(cell)}</th>`
      : `<td${titleOf(column)}${text}>${cellHtml(cell)}</td>`;
  });
  return `<tr>${html.join('')}</tr>`;
}

/** More columns do not fit on a sheet of paper. */
const WIDEST_ON_PAPER = 7;

function tableHtml(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): string {
  const head = columns.map((column) => `<th scope="col"${sideOf(column)}>${escapeHtml(column.title)}</th>`);
  const body = rows.map((cells) => rowHtml(columns, cells));
  const width = columns.length > WIDEST_ON_PAPER ? ' class="wide"' : '';
  const table = `<table${width}><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
  return `<div class="scroll">${table}</div>`;
}

const listHtml = (items: readonly string[]): string => `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

async function figureHtml(plot: Plot, index: number): Promise<string> {
  const svg = await plotSvg(plot, escapeHtml(`${plot.title}. ${plot.caption}`), `plot-${index + 1}`);
  const caption = `<figcaption><strong>${escapeHtml(plot.title)}</strong> ${escapeHtml(plot.caption)}</figcaption>`;
  return `<figure>${svg}${caption}</figure>`;
}

async function blockHtml(block: Block): Promise<string> {
  switch (block.kind) {
    case 'prose':
      return proseHtml(block.markdown);
    case 'list':
      return listHtml(block.items.map(inlineHtml));
    case 'points':
      return listHtml(block.items.map(escapeHtml));
    case 'subheading':
      return `<h3>${escapeHtml(block.text)}</h3>`;
    case 'facts':
      return `<dl>${block.rows.map(({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${cellHtml(value)}</dd></div>`).join('\n')}</dl>`;
    case 'table':
      return tableHtml(block.columns, block.rows);
    case 'headline':
      return headlineHtml(block.headline);
    case 'plots':
      return `<div class="plots">${(await Promise.all(block.plots.map(figureHtml))).join('\n')}</div>`;
  }
}

async function sectionHtml({ id, title, blocks }: Section): Promise<string> {
  const content = await Promise.all(blocks.map(blockHtml));
  return `<section id="${id}">\n<h2>${escapeHtml(title)}</h2>\n${content.join('\n')}\n</section>`;
}

function headlineHtml(headline: Headline): string {
  const { metric, value, interval, n, remark, direction } = headline;
  const range =
    interval === null
      ? []
      : [
          `${formatMeasure(interval.low)} to ${formatMeasure(interval.high)} (${formatNumber(interval.level * 100)} % interval)`,
        ];
  const missing = remark === null ? [] : [value === null ? remark : `no interval: ${remark}`];
  const small = [...range, ...missing, `n = ${n} · ${direction} is better`].map(
    (line) => `<p class="small">${escapeHtml(line)}</p>`,
  );
  const shown = value === null ? NOT_MEASURABLE : formatMeasure(value);
  const words = `<p class="figure"><span>${escapeHtml(metric)}</span> <strong>${escapeHtml(shown)}</strong></p>`;
  const text = `<div>${words}${small.join('')}</div>`;
  const chart = value === null ? '' : headlineCharts({ ...headline, value }, headlineSentence(headline));
  return `<div class="headline">${text}${chart}</div>`;
}

function headerHtml({ kind, title, subtitle, banner, badges, stage, reasons, headline }: CardDocument): string {
  const words = badges.map((badge) => `<li${toned(badge)}>${escapeHtml(badge.text)}</li>`);
  const marks = [...words, ...(stage === null ? [] : [stageBadge(stage)])].join('');
  return [
    '<header>',
    banner === null ? '' : `<p class="banner" role="note"><strong>${escapeHtml(banner)}</strong></p>`,
    `<p class="small">${kind} · ${escapeHtml(subtitle)}</p>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<ul class="badges">${marks}</ul>`,
    headline === null ? '' : headlineHtml(headline),
    reasons.length === 0 ? '' : `<div class="reasons">${listHtml(reasons.map(escapeHtml))}</div>`,
    '</header>',
  ].join('\n');
}

/** One self-contained file: no script, no external font or picture. */
export async function toHtml(document: CardDocument): Promise<string> {
  const sections = await Promise.all(document.sections.map(sectionHtml));
  const links = document.sections.map(({ id, title }) => `<a href="#${id}">${escapeHtml(title)}</a>`).join('');
  const body = [headerHtml(document), `<nav aria-label="Sections">${links}</nav>`, ...sections].join('\n');
  return pageHtml(`${document.title} · ${document.kind.toLowerCase()}`, body);
}
