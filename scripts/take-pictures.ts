/**
 * Takes the pictures of README and docs from a retraining that was just run here:
 * `npm run pictures -- <file of a card> <workflow id of the retraining>`; `ml cards` lists the files, `ml runs list` the
 * ids. The platform must be running, and a Chromium on the PATH.
 */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PipelineError } from '../contracts/errors.js';
import { PIPELINE_QUEUE } from '../contracts/workflows.js';
import { loadConfig } from '../platform/config/load-config.js';
import { platformStatus } from '../platform/embedded/status.js';
import { projectRoot } from '../platform/project.js';
import { browserProgram, photograph } from './browser.js';
import { openTemporalUi, type TemporalUi } from './temporal-ui.js';

/** A picture larger than this makes the README slow on a telephone. */
const LARGEST = 150_000;

/** Room for the details of a retraining of every model. */
const DETAILS = { width: 1200, height: 1000 };

/** Takes a picture with `take` and checks its size. */
async function keep(name: string, take: (file: string) => Promise<unknown>): Promise<void> {
  const file = join(projectRoot, 'docs/images', name);
  await take(file);
  const { size } = statSync(file);
  if (size > LARGEST) throw new PipelineError('INVALID_INPUT', `${name} has ${size} bytes, wanted at most ${LARGEST}`);
  process.stdout.write(`docs/images/${name}  ${size} bytes\n`);
}

/** The form that starts a retraining, and the details of one. */
async function photographUi(ui: TemporalUi, workflowId: string): Promise<void> {
  const taskQueue = PIPELINE_QUEUE;
  await ui.fillForm({ type: 'masterTraining', workflowId: 'retraining-by-hand', taskQueue, input: '{}' });
  await ui.page.getByText('Task Queue is Active').waitFor();
  await keep('temporal-form.png', (path) => ui.page.screenshot({ path }));
  await ui.page.setViewportSize(DETAILS);
  await ui.openWorkflow(workflowId);
  await ui.readDetails();
  await keep('temporal-run.png', (path) => ui.page.screenshot({ path }));
}

async function main(card: string | undefined, workflowId: string | undefined): Promise<void> {
  if (browserProgram === null) throw new PipelineError('SERVICE_NOT_FOUND', 'no Chromium is on the PATH');
  const config = loadConfig();
  const { uiUrl } = await platformStatus(config);
  if (card === undefined || workflowId === undefined || uiUrl === null)
    throw new PipelineError(
      'INVALID_INPUT',
      'wanted the file of a card, the workflow id of a retraining, and a running platform with a UI (`ml status`)',
    );
  const cardPage = { url: pathToFileURL(resolve(card)).href, width: 1000, height: 700 };
  await keep('model-card.png', (file) => photograph(cardPage, file));
  const ui = await openTemporalUi(uiUrl, config.temporal.namespace);
  try {
    await photographUi(ui, workflowId);
  } finally {
    await ui.close();
  }
}

await main(process.argv[2], process.argv[3]);
