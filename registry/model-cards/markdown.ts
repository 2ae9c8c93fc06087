import { NOT_MEASURABLE } from '../../contracts/evaluation.js';
import { formatMeasure, formatNumber } from '../format-number.js';
import type { Block, CardDocument, Cell, Headline, Section, TableColumn } from './document.js';
import { stageWord } from './present-stage.js';

/** Escapes text, so that a file name or note contains no markup, link or HTML. */
export const escapeMarkdown = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]|#~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');

/** Authors' Markdown with its HTML escaped. */
const authored = (markdown: string): string => markdown.replaceAll('<', '&lt;');
const oneLine = (markdown: string): string => authored(markdown).replaceAll(/\s+/g, ' ').trim();

/** A code span whose fence is longer than any run of backticks in the text. */
function codeSpan(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
  return flat.includes('`') ? `\`\` ${flat.replaceAll('``', '` `')} \`\`` : `\`${flat}\``;
}

const cellText = ({ text, code }: Cell): string =>
  code === true && text !== '' ? codeSpan(text) : escapeMarkdown(text);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): string {
  const head = columns.map(({ title }) => escapeMarkdown(title));
  const rule = columns.map(({ numeric }) => (numeric ? '---:' : '---'));
  return [row(head), row(rule), ...rows.map((cells) => row(cells.map(cellText)))].join('\n');
}

const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

function block(content: Block): string {
  switch (content.kind) {
    case 'prose':
      return authored(content.markdown).trim();
    case 'list':
      return bullets(content.items.map(oneLine));
    case 'points':
      return bullets(content.items.map(escapeMarkdown));
    case 'subheading':
      return `### ${escapeMarkdown(content.text)}`;
    case 'facts':
      return bullets(content.rows.map(({ label, value }) => `${escapeMarkdown(label)}: ${cellText(value)}`));
    case 'table':
      return table(content.columns, content.rows);
    case 'headline':
      return escapeMarkdown(headlineSentence(content.headline));
    case 'plots':
      return bullets(
        content.plots.map(
          ({ title, caption }) => `${escapeMarkdown(title)}: ${escapeMarkdown(caption)} (drawn in the HTML card)`,
        ),
      );
  }
}

const section = ({ title, blocks }: Section): string =>
  [`## ${escapeMarkdown(title)}`, ...blocks.map(block)].join('\n\n');

/** The primary metric in one sentence. */
export function headlineSentence({ metric, value, interval, n, remark, marks }: Headline): string {
  if (value === null) return `${metric} is ${NOT_MEASURABLE}: ${remark ?? 'no row'}`;
  const around =
    interval === null
      ? ''
      : ` (${formatNumber(interval.level * 100)} % interval ${formatMeasure(interval.low)} to ${formatMeasure(interval.high)})`;
  const beside = marks.map(({ name, value: other }) => `, ${name} ${formatNumber(other)}`).join('');
  return `${metric} ${formatMeasure(value)}${around}, n = ${n}${beside}`;
}

/** GitHub-flavoured Markdown; ends with a line break. */
export function toMarkdown(card: CardDocument): string {
  const { title, subtitle, banner, badges, stage, reasons, headline, sections } = card;
  const words = badges.map((badge) => `**${escapeMarkdown(badge.text)}**`);
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...(banner === null ? [] : [`> **${escapeMarkdown(banner)}**`]),
    escapeMarkdown(subtitle),
    [...words, ...(stage === null ? [] : [stageWord(stage)])].join(' · '),
    ...(headline === null ? [] : [escapeMarkdown(headlineSentence(headline))]),
    ...(reasons.length === 0 ? [] : [bullets(reasons.map(escapeMarkdown))]),
    ...sections.map(section),
  ];
  return `${parts.join('\n\n')}\n`;
}
