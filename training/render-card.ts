import { z } from 'zod';
import { contentHash, decision, semanticVersion } from '../contracts/ids.js';
import { rerunName } from '../contracts/registry.js';
import { findModel } from '../models/catalogue.js';
import { loadEvaluation } from './evaluation-document.js';
import { defineJob } from '../platform/child-process/define-job.js';
import { stepsOf } from '../platform/child-process/report-step.js';

const storedBlob = z.strictObject({ hash: contentHash, bytes: z.int() });

/** Renders the card of one run from recorded facts only, so that a repeated step gives the same bytes. */
export const renderModelCard = defineJob({
  input: z.strictObject({
    evaluationHash: contentHash,
    decision,
    version: semanticVersion.nullable(),
    reasons: z.array(z.string()),
    params: z.record(z.string(), z.unknown()),
    run: z.strictObject({
      runKey: z.string(),
      workflowId: z.string(),
      seed: z.int(),
      codeVersion: z.string(),
      startedAt: z.iso.datetime(),
      definitionHash: contentHash,
      rerun: rerunName.nullable().default(null),
      reused: z.array(z.strictObject({ step: z.string(), from: z.string() })).default([]),
    }),
  }),
  output: z.strictObject({ html: storedBlob, markdown: storedBlob }),
  async run({ evaluationHash, run, ...facts }, { blobs, ...control }) {
    const onStep = stepsOf(control);
    await onStep('reading the evaluation', 0, 2);
    const { renderCard } = await import('../registry/model-cards/render-card.js');
    const found = await loadEvaluation(blobs, evaluationHash);
    const model = await findModel(found.dataset.modelName);
    await onStep('drawing the card', 1, 2);
    const { html, markdown } = await renderCard({
      ...facts,
      ...found,
      model,
      line: found.dataset.line,
      stage: facts.version === null ? null : 'dev',
      run: { ...run, startedAt: new Date(run.startedAt), evaluationHash, ...hashesOf(found) },
    });
    const text = new TextEncoder();
    return { html: await blobs.put(text.encode(html)), markdown: await blobs.put(text.encode(markdown)) };
  },
});

const hashesOf = ({ artefactHash, signatureHash }: { artefactHash: string; signatureHash: string }) => ({
  artefactHash,
  signatureHash,
});
