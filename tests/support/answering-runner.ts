import type { VersionRecord } from '../../contracts/registry.js';
import type { JobRunner } from '../../platform/child-process/job.js';

/** A runner whose jobs compute nothing: each has the answer that is given for it. */
export const answeringRunner = (answers: Readonly<Record<string, object>>): JobRunner => ({
  run: ({ job }) => {
    const answer = answers[job];
    return answer === undefined ? Promise.reject(new Error(`no job ${job} is expected`)) : Promise.resolve(answer);
  },
});

/** What the jobs of a training answer that gives these stored results and passes its gates. */
export const trainingAnswers = ({
  dataset,
  artefactHash,
  signatureHash,
  definitionHash,
  evaluationHash,
}: Pick<VersionRecord, 'dataset' | 'artefactHash' | 'signatureHash' | 'definitionHash' | 'evaluationHash'>) => ({
  prepareDataset: { status: 'ready', dataset },
  validateDataset: { passed: true, checkedRows: 1, rejectedRows: 0, reportHash: dataset.hash, failedChecks: [] },
  fitModel: { artefactHash, signatureHash, definitionHash, bytes: 1, trainedRows: 1, checkpointKey: 'none' },
  evaluateModel: {
    ...{ evaluationHash, evaluationBytes: 1, holdoutRows: 1, metrics: [], baselineName: 'none', comparisons: [] },
    ...{ gates: [], championVersion: null, notes: [] },
  },
  smokeTest: { passed: true, finding: 'answers as stored' },
  renderModelCard: { html: { hash: evaluationHash, bytes: 1 }, markdown: { hash: evaluationHash, bytes: 1 } },
});
