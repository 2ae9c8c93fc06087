import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { isSynthetic, SYNTHETIC_REMARK } from '../contracts/ids.js';
import type { ProgressReport, searchAttributes } from '../contracts/workflows.js';
import { progress, stepContinues, stepWaits } from './messages.js';

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

/** What stands above the table. */
interface AboveTable {
  /** That the run's line is of synthetic data. */
  readonly remark?: string | null;
  /** What a step waits for. */
  readonly waiting?: string | null;
}

const paragraph = (text: string | null | undefined): readonly string[] => (text ? [text, ''] : []);

/** A ProgressReport as the table an operator reads in the UI. */
export const progressMarkdown = (report: ProgressReport, { remark, waiting }: AboveTable = {}): string =>
  [
    ...paragraph(remark && `> **${remark}**`),
    ...paragraph(`**${report.stage}**`),
    ...paragraph(waiting && `Waiting: ${waiting} (attempt and next try: see Pending Activities)`),
    markdownRow(['step', 'state', 'detail']),
    '|---|---|---|',
    ...report.lines.map(({ name, state, detail }) => markdownRow([name, state, detail])),
  ].join('\n');

/** A static summary with the remark on synthetic data, where the line is of such. */
export const summaryOf = (text: string, line: string): string =>
  isSynthetic(line) ? `${text} (${SYNTHETIC_REMARK})` : text;

/** Creates the table with all lines `waiting` and answers the `progress` query from now on. */
export function showProgress(names: readonly string[]): ProgressTable {
  const above: { remark: string | null; waiting: string | null } = { remark: null, waiting: null };
  let stage = 'planning';
  const lines = new Map(names.map((name) => [name, { name, state: 'waiting', detail: '' }]));
  const report = (): ProgressReport => ({ stage, lines: [...lines.values()] });
  const publish = (): void => setCurrentDetails(progressMarkdown(report(), above));
  const wait = (reason: string | null): void => {
    above.waiting = reason;
    publish();
  };
  setHandler(stepWaits, wait);
  setHandler(stepContinues, () => wait(null));
  setHandler(progress, report, { description: 'Stage, and one line a step or model with its state' });
  publish();
  return {
    enter(next) {
      stage = next;
      above.waiting = null;
      setSearchAttributes({ Stage: next });
      publish();
    },
    mark(name, state, detail) {
      above.waiting = null; // a step has ended
      lines.set(name, { name, state, detail: detail ?? lines.get(name)?.detail ?? '' });
      publish();
    },
    onLine(line) {
      above.remark = isSynthetic(line) ? `${SYNTHETIC_REMARK}: line ${line}` : null;
      publish();
    },
  };
}
