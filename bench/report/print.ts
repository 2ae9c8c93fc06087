import type { BenchmarkRow, Target } from './suite.js';

const short = (value: number): string => String(Number(value.toPrecision(4)));

function describeTarget(target: Target): string {
  if (target === null) return '-';
  return 'atLeast' in target ? `>= ${short(target.atLeast)}` : `<= ${short(target.atMost)}`;
}

const HEAD = ['bar', 'value', 'unit', 'target', 'peer', 'pass'];

const cellsOf = ({ name, value, unit, target, peer, pass }: BenchmarkRow): string[] => {
  const beside = peer ? `${peer.name} ${short(peer.value)}` : '-';
  return [name, short(value), unit, describeTarget(target), beside, pass ? 'yes' : 'NO'];
};

/** The rows as a table for people, columns side by side. */
export function renderRows(rows: readonly BenchmarkRow[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  return lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')).join('\n');
}
