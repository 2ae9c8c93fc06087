import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { isBackendLine, isSynthetic, sourceOfLine, SYNTHETIC_REMARK } from '../contracts/ids.js';
import type { ProgressReport, SearchAttributeValues } from '../contracts/workflows.js';
import { searchAttributes } from '../contracts/workflows.js';
import { progress, stepContinues, stepRepeats, stepWaits } from './messages.js';

/** Sets the search attributes by which lists in the UI are filtered, for instance `ModelName="credit-risk-scorer" AND Decision="registered"`. */
export function setSearchAttributes(values: SearchAttributeValues): void {
  upsertSearchAttributes(
    Object.entries(values).map(([name, value]) => {
      const key = defineSearchAttributeKey(name, searchAttributes[name as keyof typeof searchAttributes]);
      return { key, value } as SearchAttributePair;
    }),
  );
}

/** The source that feeds the line of a backend; that of another line is not told by its name. */
export const sourceAttribute = (line: string): SearchAttributeValues =>
  isBackendLine(line) ? { Source: sourceOfLine(line) } : {};

/** The states a line of the progress table can be in. */
export type StepState = 'waiting' | 'running' | 'done' | 'rejected' | 'skipped' | 'failed' | 'cancelled';

/** Live progress, shown by the `progress` query and as Markdown in the UI. */
export interface ProgressTable {
  /** Sets the stage of the whole run, also as the search attribute `Stage`, together with others. */
  enter(stage: string, attributes?: SearchAttributeValues): void;
  mark(name: string, state: StepState, detail?: string): void;
  /** Says above the table when the run's line is of synthetic data. */
  onLine(line: string): void;
  /** Adds a link above the table, to a page such as a model card. @param url - null: there is no page to open. */
  link(name: string, url: string | null): void;
}

const markdownRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

/** What stands above the table. */
interface AboveTable {
  /** That the run's line is of synthetic data. */
  readonly remark?: string | null;
  /** What a step waits for. */
  readonly waiting?: string | null;
  /** Attempt of a step that is repeated, and how the one before failed. */
  readonly repeated?: string | null;
  /** Address of each page by what it is called. */
  readonly links?: ReadonlyMap<string, string>;
}

const paragraph = (text: string | null | undefined): readonly string[] => (text ? [text, ''] : []);

/** A ProgressReport as the table an operator reads in the UI. */
export const progressMarkdown = (
  report: ProgressReport,
  { remark, waiting, repeated, links }: AboveTable = {},
): string =>
  [
    ...paragraph(remark && `> **${remark}**`),
    ...paragraph(`**${report.stage}**`),
    ...paragraph(waiting && `Waiting: ${waiting} (attempt and next try: see Pending Activities)`),
    ...paragraph(repeated && `Repeated: ${repeated}`),
    ...paragraph(links && [...links].map(([name, url]) => `[${name}](${url})`).join(' · ')),
    markdownRow(['step', 'state', 'detail']),
    '|---|---|---|',
    ...report.lines.map(({ name, state, detail }) => markdownRow([name, state, detail])),
  ].join('\n');

/** Address of a stored page, such as a model card, for a person at the Temporal UI; null where none is served. */
export const reportLink = ({ reportUrl }: { readonly reportUrl?: string | undefined }, hash: string | null) =>
  reportUrl === undefined || hash === null ? null : `${reportUrl}${hash}`;

/** A static summary with the remark on synthetic data, where the line is of such. */
export const summaryOf = (text: string, line: string): string =>
  isSynthetic(line) ? `${text} (${SYNTHETIC_REMARK})` : text;

/** Notes a failed attempt of a step above the table; null removes what was noted. */
type NoteFailure = (facts: Pick<AboveTable, 'waiting' | 'repeated'>) => void;

/** Installs the messages that every workflow with steps answers. */
function handleMessages(report: () => ProgressReport, note: NoteFailure): void {
  const wait = (waiting: string | null): void => note({ waiting });
  setHandler(stepWaits, wait, { description: 'Sent by a worker: a step waits for a service, and why' });
  setHandler(stepContinues, () => wait(null), { description: 'Sent by a worker: the step that waited goes on' });
  const repeat = (repeated: string): void => note({ repeated });
  setHandler(stepRepeats, repeat, { description: 'Sent by a worker: a step is repeated after a crash' });
  setHandler(progress, report, { description: 'Stage, and one line a step or model with its state' });
}

/** The finding of a step, with the run that its result was taken from. */
export const withOrigin = (finding: string, { reusedFrom }: { readonly reusedFrom?: string }): string =>
  reusedFrom === undefined ? finding : `${finding} (reused from ${reusedFrom})`;

/** Creates the table with all lines `waiting` and answers the `progress` query from now on. */
export function showProgress(names: readonly string[]): ProgressTable {
  const links = new Map<string, string>();
  let remark: string | null = null;
  let failure: Parameters<NoteFailure>[0] = {};
  let stage = 'planning';
  const lines = new Map(names.map((name) => [name, { name, state: 'waiting', detail: '' }]));
  const report = (): ProgressReport => ({ stage, lines: [...lines.values()] });
  const publish = (): void => setCurrentDetails(progressMarkdown(report(), { remark, ...failure, links }));
  const note: NoteFailure = (facts) => {
    failure = { ...failure, ...facts };
    publish();
  };
  handleMessages(report, note);
  publish();
  return {
    enter(next, attributes = {}) {
      stage = next;
      failure = {};
      setSearchAttributes({ Stage: next, ...attributes });
      publish();
    },
    mark(name, state, detail) {
      failure = {}; // a step has ended
      lines.set(name, { name, state, detail: detail ?? lines.get(name)?.detail ?? '' });
      publish();
    },
    onLine(line) {
      remark = isSynthetic(line) ? `${SYNTHETIC_REMARK}: line ${line}` : null;
      publish();
    },
    link(name, url) {
      if (url === null) return;
      links.set(name, url);
      publish();
    },
  };
}
