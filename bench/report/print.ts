import Table from 'cli-table3';
import type { BenchmarkRow, Target } from './suite.js';

const short = (value: number): string => String(Number(value.toPrecision(4)));

function describeTarget(target: Target): string {
  if (target === null) return '-';
  return 'atLeast' in target ? `>= ${short(target.atLeast)}` : `<= ${short(target.atMost)}`;
}

/** The rows as a table for people. */
export function renderRows(rows: readonly BenchmarkRow[]): string {
  const table = new Table({
    head: ['bar', 'value', 'unit', 'target', 'peer', 'pass'],
    style: { head: [], border: [] },
  });
  for (const { name, value, unit, target, peer, pass } of rows) {
    const beside = peer ? `${peer.name} ${short(peer.value)}` : '-';
    table.push([name, short(value), unit, describeTarget(target), beside, pass ? 'yes' : 'NO']);
  }
  return table.toString();
}
