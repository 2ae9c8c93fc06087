import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { generateCustomers } from '../../datasets/sources/backend/generator/generate.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { pagesIn, REPORTS_PATH } from '../../platform/embedded/temporal/report-pages.js';
import { readApprovalSecret } from '../../platform/embedded/approval-secret.js';
import { proveApproval } from '../../registry/approval-proof.js';
import { openTemporalUi, type TemporalUi } from '../../scripts/temporal-ui.js';
import { applySchedules } from '../../workers/schedules.js';
import { workflowIds } from '../../contracts/workflows.js';
import { browserProgram } from '../support/browser.js';
import { MODEL, storeCreditDataset } from '../support/credit-dataset.js';
import { registerVersion, stage, trainFixture } from '../support/registered-versions.js';
import { startTemporalWithUi, type TemporalWithUi } from '../support/temporal-with-ui.js';
import { createTestPlatform, type TestPlatform } from '../support/test-platform.js';

const possible = inject('services').temporalAddress !== null && browserProgram !== null;
if (browserProgram === null)
  process.stderr.write('[temporal-ui] no Chromium on PATH: the Temporal UI is not tried, tests are skipped\n');

/** Enough for a decision on the credit model, whichever it is: what is tried here is the UI. */
const CUSTOMERS = { users: 40, months: 14 };
const ENDS = { timeout: 150_000, interval: 250 };

describe.skipIf(!possible)('an operator with nothing but the Temporal UI', () => {
  let server: TemporalWithUi;
  let platform: TestPlatform;
  let ui: TemporalUi;
  /** Files for a training that ends within seconds, and for one that does not. */
  let datasets: { readonly short: string; readonly long: string };
  let version: string;

  beforeAll(async () => {
    server = await startTemporalWithUi((hash) => pagesIn(platform.services.blobs)(hash));
    platform = await createTestPlatform({ TEMPORAL_ADDRESS: server.address, REPORT_URL: REPORTS_PATH });
    const { backendPool, catalog } = platform.services;
    const batches = function* () {
      for (const { rows } of generateCustomers(CUSTOMERS)) yield rows;
    };
    await replaceSource(backendPool, 'generated', batches());
    await catalog.add('generated', { users: CUSTOMERS.users }, { activate: true });
    const { blobs } = platform.services;
    datasets = { short: (await storeCreditDataset(blobs)).hash, long: (await storeCreditDataset(blobs, 5)).hash };
    version = await registerVersion(platform.services, await trainFixture());
    await platform.startWorkers(['pipeline', 'training']);
    ui = await openTemporalUi(server.url, 'default');
  });
  afterAll(async () => {
    await ui.close();
    await platform.close();
    await server.close();
  });

  const start = async (type: string, workflowId: string, input: object): Promise<void> => {
    await ui.fillForm({ type, workflowId, taskQueue: platform.queue, input: JSON.stringify(input) });
    await ui.submit();
  };
  const statusOf = async (workflowId: string): Promise<string> =>
    (await platform.client.workflow.getHandle(workflowId).describe()).status.name;
  const detailsOf = async (workflowId: string): Promise<string> => {
    await ui.openWorkflow(workflowId);
    return (await ui.readDetails()).locator('body').innerText();
  };

  it('starts a retraining and a training from the form, and sees where they are', async () => {
    await start('masterTraining', 'retraining', { models: [MODEL] });
    await start('trainModel', 'training', {
      modelName: MODEL,
      datasetHash: datasets.short,
      params: { nEstimators: 5 },
    });
    await expect.poll(() => detailsOf('retraining'), ENDS).toMatch(/SYNTHETIC DATA[^]*data pipeline\s+running/);
  });

  it('reads in the result what an input should have been', async () => {
    await start('trainModel', 'misspelt', { modelname: MODEL });
    await expect.poll(() => statusOf('misspelt'), ENDS).toBe('FAILED');
    await ui.openWorkflow('misspelt');
    await ui.page.getByText('the nearest is modelName').first().waitFor();
  });

  it('cancels a training', async () => {
    const params = { nEstimators: 5000, maxDepth: 8 };
    await start('trainModel', 'unwanted', { modelName: MODEL, datasetHash: datasets.long, params });
    await ui.openWorkflow('unwanted');
    await ui.cancel();
    await expect.poll(() => statusOf('unwanted'), ENDS).toBe('CANCELLED');
    expect(await detailsOf('unwanted')).toMatch(/cancelled/);
  });

  it('triggers a schedule with the overlap policy that it has', async () => {
    await applySchedules(platform.client, platform.config);
    await ui.trigger(workflowIds.dailySchedule);
    const schedule = platform.client.schedule.getHandle(workflowIds.dailySchedule);
    await expect.poll(async () => (await schedule.describe()).info.recentActions.length, ENDS).toBe(1);
    const [run] = (await schedule.describe()).info.recentActions;
    expect(await detailsOf(run!.action.workflow.workflowId)).toContain('extract');
  });

  it('approves a promotion by an update', async () => {
    const { services, config } = platform;
    await stage(services, version);
    await start('promoteModel', 'promotion', {});
    const open = () => services.registry.listPromotionRequests({ modelName: MODEL, status: 'open' });
    await expect.poll(async () => (await open()).length, ENDS).toBe(1);
    const { requestId } = (await open())[0]!;
    const approval = { approver: 'grace', reason: 'reviewed the card', demo: false };
    const proof = proveApproval(readApprovalSecret(config), { requestId, approval });
    await ui.openWorkflow('promotion');
    await ui.update('approvePromotion', JSON.stringify({ ...approval, proof }));
    await expect.poll(() => statusOf('promotion'), ENDS).toBe('COMPLETED');
    expect(await services.registry.findChampion(MODEL, 'default')).toMatchObject({ version, stage: 'production' });
  });

  it('follows both to their ends, finds them by what they are about, and opens the card', async () => {
    await expect.poll(() => statusOf('training'), ENDS).toBe('COMPLETED');
    await expect.poll(() => statusOf('retraining'), ENDS).toBe('COMPLETED');
    await ui.openList('WorkflowType="masterTraining" AND Source="generated"');
    await ui.page.getByRole('link', { name: 'retraining', exact: true }).first().waitFor();
    await ui.openList(`ModelName="${MODEL}" AND Metric > 0.3`);
    await ui.page.getByRole('link', { name: 'training', exact: true }).first().waitFor();

    await ui.openWorkflow('training');
    const link = (await ui.readDetails()).getByRole('link', { name: 'model card' });
    const [card] = await Promise.all([ui.page.context().waitForEvent('page'), link.click()]);
    await card.getByText('Model card', { exact: false }).first().waitFor();
    expect(await card.content()).toContain(MODEL);
  });
});
