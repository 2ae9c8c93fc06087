import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { codeRoot, entryFile } from '../platform/project.js';

/** Where `npm run build` leaves the workflows for compiled workers, which then start without a bundler. */
export const bundlePath = join(codeRoot, 'workflow-bundle.cjs');

/** The workflows' entry file in the running code's form. */
export const workflowsPath = entryFile('workflows');

/** Writes the bundle. */
export async function bundleWorkflows(): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath });
  await writeFile(bundlePath, code);
}

if (process.argv[1] === import.meta.filename) await bundleWorkflows();
