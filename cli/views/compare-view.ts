import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FrozenHoldout } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { RunRecord } from '../../contracts/registry.js';
import { nullIfLost } from '../../datasets/snapshots/lost-blob.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { writeDurably } from '../../platform/durable-file.js';
import { loadEvaluation } from '../../training/evaluation-document.js';
import { loadCurves } from '../../training/learning-curves.js';
import { type ComparedRun, renderComparison } from '../../registry/run-comparison/comparison-document.js';
import { differenceTable } from '../output/difference.js';
import type { CliContext, Connection } from '../program/context.js';
import { findRuns, usageOf } from './runs-view.js';

/**
 * Sets runs of one model side by side: prints metrics and what differs, and with `html` writes a page that also has the
 * learning curves.
 * @param ids - two or more.
 * @throws PipelineError `RUN_NOT_FOUND`; `INVALID_INPUT` when an id is that of several runs, or the models differ.
 */
export async function compareRuns(cli: CliContext, ids: readonly string[], html?: string): Promise<void> {
  const connection = await cli.connect();
  const runs = await findRuns(connection, ids);
  const modelName = onlyModel(runs);
  const remarks = await remarksOf(connection.services.blobs, runs);
  const compared = await Promise.all(runs.map((run) => withCurves(connection, run)));
  const path = html === undefined ? null : resolve(html);
  if (path !== null) writeDurably(path, (await renderComparison({ modelName, runs: compared, remarks })).html);
  const listed = compared.map(({ run, curves, usage }) => ({ ...run, curves, usage }));
  cli.out.result({ modelName, runs: listed, remarks, path }, () => {
    cli.out.table(
      differenceTable(
        runs.map(({ workflowId }) => workflowId),
        runs,
      ),
    );
    for (const remark of remarks) cli.out.line(remark);
    if (path !== null) cli.out.line(path);
  });
}

/** @throws PipelineError `INVALID_INPUT` naming a run of each of two models. */
export function onlyModel(runs: readonly RunRecord[]): string {
  const [first] = runs;
  const other = runs.find(({ modelName }) => modelName !== first?.modelName);
  if (first === undefined || other === undefined) return first?.modelName ?? '';
  const message = `runs of different models cannot be compared: ${first.workflowId} is of ${first.modelName}, ${other.workflowId} of ${other.modelName}`;
  throw new PipelineError('INVALID_INPUT', message, { found: [first.modelName, other.modelName] });
}

async function withCurves(connection: Connection, run: RunRecord): Promise<ComparedRun> {
  const { curvesHash } = run;
  const curves = curvesHash === null ? null : await nullIfLost(loadCurves(connection.services.blobs, curvesHash));
  return { run, curves: curves ?? [], usage: await usageOf(connection, run) };
}

/** Why the scores of other runs may not be comparable with those of the first; each reason once. */
async function remarksOf(blobs: BlobStore, [first, ...others]: readonly RunRecord[]): Promise<readonly string[]> {
  if (first === undefined) return [];
  const before = await holdoutOf(blobs, first);
  const remarks = await Promise.all(
    others.map(async (other) => {
      const now = await holdoutOf(blobs, other);
      const same = before === null || now === null || isDeepStrictEqual(before, now);
      return comparability(first, other, same);
    }),
  );
  return [...new Set(remarks.flat())];
}

/** The holdout that a run was evaluated on; null when it ended before, or its evaluation is no longer stored. */
async function holdoutOf(blobs: BlobStore, { evaluationHash }: RunRecord): Promise<FrozenHoldout | null> {
  if (evaluationHash === null || !(await blobs.has(evaluationHash))) return null;
  return (await loadEvaluation(blobs, evaluationHash)).holdout;
}

/** Why two scores are not comparable; [] when they are. @param sameHoldout - whether both had the same holdout rule. */
export function comparability(a: RunRecord, b: RunRecord, sameHoldout = true): readonly string[] {
  if (a.line !== b.line) return [`different lines: ${a.line}, ${b.line}; their holdouts differ`];
  if (!sameHoldout) return ['the holdout was renewed between them: they were judged on different rows'];
  if (a.dataset?.hash === b.dataset?.hash) return [];
  return ['different datasets; the holdout rule is the same, its rows may differ'];
}
