import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { isSynthetic, SYNTHETIC_REMARK } from '../contracts/ids.js';
import type { ProgressReport, searchAttributes } from '../contracts/workflows.js';
import { progress } from './messages.js';

/** Sets the search attributes by which lists in the UI are filtered, for instance `ModelName="credit-risk-scorer" AND Decision="registered"`. */
export function setSearchAttributes(values: Partial<Record<keyof typeof searchAttributes, string>>): void {
  upsertSearchAttributes(
    Object.entries(values).map(([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value })),
  );
}

/** The states a line of the progress table can be in. */
export type StepState = 'waiting' | 'running' | 'done' | 'rejected' | 'skipped' | 'failed' | 'cancelled';

/** Live progress, shown by the `progress` query and as Markdown in the UI. */
export interface ProgressTable {
  /** Sets the stage of the whole run, also as the search attribute `Stage`. */
  enter(stage: string): void;
  mark(name: string, state: StepState, detail?: string): void;
  /** Says above the table when the run's line is of synthetic data. */
  onLine(line: string): void;
}

const markdownRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

/** A ProgressReport as the table an operator reads in the UI. */
export const progressMarkdown = (report: ProgressReport, remark: string | null = null): string =>
  [
    ...(remark === null ? [] : [`> **${remark}**`, '']),
    `**${report.stage}**`,
    '',
    markdownRow(['step', 'state', 'detail']),
    '|---|---|---|',
    ...report.lines.map(({ name, state, detail }) => markdownRow([name, state, detail])),
  ].join('\n');

/** A static summary with the remark on synthetic data, where the line is of such. */
export const summaryOf = (text: string, line: string): string =>
  isSynthetic(line) ? `${text} (${SYNTHETIC_REMARK})` : text;

/** Creates the table with all lines `waiting` and answers the `progress` query from now on. */
export function showProgress(names: readonly string[]): ProgressTable {
  let remark: string | null = null;
  let stage = 'planning';
  const lines = new Map(names.map((name) => [name, { name, state: 'waiting', detail: '' }]));
  const report = (): ProgressReport => ({ stage, lines: [...lines.values()] });
  const publish = (): void => setCurrentDetails(progressMarkdown(report(), remark));
  setHandler(progress, report, { description: 'Stage, and one line a step or model with its state' });
  publish();
  return {
    enter(next) {
      stage = next;
      setSearchAttributes({ Stage: next });
      publish();
    },
    mark(name, state, detail) {
      lines.set(name, { name, state, detail: detail ?? lines.get(name)?.detail ?? '' });
      publish();
    },
    onLine(line) {
      remark = isSynthetic(line) ? `${SYNTHETIC_REMARK}: line ${line}` : null;
      publish();
    },
  };
}
