/**
 * Takes the pictures of the README from a retraining that was just run here: `npm run pictures -- <file of a card>`, one
 * of those that `ml cards` lists. The platform must be running, and a Chromium on the PATH.
 */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PipelineError } from '../contracts/errors.js';
import { loadConfig } from '../platform/config/load-config.js';
import { platformStatus } from '../platform/embedded/status.js';
import { projectRoot } from '../platform/project.js';
import { browserProgram, photograph } from './browser.js';

/** A picture larger than this makes the README slow on a telephone. */
const LARGEST = 150_000;

interface Picture {
  readonly name: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

async function take({ name, ...wanted }: Picture): Promise<void> {
  const file = join(projectRoot, 'docs/images', name);
  await photograph(wanted, file);
  const { size } = statSync(file);
  if (size > LARGEST) throw new PipelineError('INVALID_INPUT', `${name} has ${size} bytes, wanted at most ${LARGEST}`);
  process.stdout.write(`docs/images/${name}  ${size} bytes\n`);
}

/** The list of workflows, behind the token that admits a browser. */
function workflowsUrl(uiUrl: string, namespace: string): string {
  const url = new URL(uiUrl);
  url.pathname = `/namespaces/${namespace}/workflows`;
  return url.href;
}

async function main(card: string | undefined): Promise<void> {
  if (browserProgram === null) throw new PipelineError('SERVICE_NOT_FOUND', 'no Chromium is on the PATH');
  const config = loadConfig();
  const { uiUrl } = await platformStatus(config);
  if (card === undefined || uiUrl === null)
    throw new PipelineError(
      'INVALID_INPUT',
      'wanted the file of a card, and a running platform with a UI (`ml status`)',
    );
  const size = { width: 1000, height: 700 };
  await take({ ...size, name: 'model-card.png', url: pathToFileURL(resolve(card)).href });
  await take({ ...size, name: 'temporal-run.png', url: workflowsUrl(uiUrl, config.temporal.namespace) });
}

await main(process.argv[2]);
