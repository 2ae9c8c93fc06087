import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtefactFiles } from '../contracts/model-definition.js';
import { model } from '../models/credit-risk-scorer/index.js';
import { createFileBlobStore } from '../platform/blobs/file-blob-store.js';
import { storeArtefact } from '../registry/artefacts.js';
import { trainCreditArtefact } from '../tests/support/credit-artefact.js';
import type { JobContext } from '../platform/child-process/define-job.js';
import { readSample } from '../inference/sample.js';
import { smokeTest } from './smoke-test.js';

describe('smokeTest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-smoke-'));
  const blobs = createFileBlobStore(folder);
  let files: ArtefactFiles;
  beforeAll(async () => {
    files = await trainCreditArtefact();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const modelName = 'credit-risk-scorer';
  const test = async (change: Record<string, Uint8Array>, definitionVersion = model.definitionVersion) => {
    const content = { modelName, definitionVersion, line: 'default', signatureHash: 'a'.repeat(64) };
    const { artefactHash } = await storeArtefact(blobs, { ...content, files: { ...files, ...change } });
    const control = { signal: new AbortController().signal, onProgress: () => undefined };
    return smokeTest.run({ modelName, artefactHash }, { blobs, ...control } as unknown as JobContext);
  };
  const asFile = (value: unknown) => ({ 'sample.json': Buffer.from(JSON.stringify(value)) });

  it('passes an artefact that reproduces its stored predictions', async () => {
    const { length } = readSample(files).outputs;
    expect(await test({})).toEqual({ passed: true, finding: `${length} stored predictions reproduced` });
  });

  it('fails with the first prediction that differs', async () => {
    const { inputs, outputs } = readSample(files);
    const promised = outputs.map((output) => ({ ...(output as object), probability: 2 }));
    const { passed, finding } = await test(asFile({ inputs, outputs: promised }));
    expect({ passed, finding }).toMatchObject({
      passed: false,
      finding: expect.stringMatching(/^output\.0\.probability is .*, wanted 2$/) as string,
    });
    const former = await test(asFile({ inputs, outputs: promised }), model.definitionVersion - 1);
    expect(former.finding).toMatch(/, wanted 2; trained by definition version \d+, this program has \d+: train a new/);
  });

  it.each([
    ['is no JSON', { 'sample.json': Buffer.from('{') }],
    ['has no inputs', asFile({ inputs: [], outputs: [] })],
  ])('throws ARTEFACT_INVALID when the sample %s', async (_, change) => {
    await expect(test(change)).rejects.toMatchObject({ code: 'ARTEFACT_INVALID' });
  });
});
