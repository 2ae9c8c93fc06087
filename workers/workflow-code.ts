import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  bundleWorkflowCode,
  type Logger,
  type WorkflowBundleOption,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { codeRoot, entryFile, isCompiled, projectRoot } from '../platform/project.js';

/** What a worker runs workflows from. */
export interface WorkflowCode {
  readonly workflowBundle: WorkflowBundleOption;
}

/** Workflows and their interceptors, from one file, in the form in which a worker runs them. */
export const bundleWorkflows = (path: string, logger: Logger): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({ workflowsPath: path, workflowInterceptorModules: [path], logger });

/**
 * The workflows for `Worker.create`. Bundling costs seconds of CPU, so compiled code does it once for each content of
 * the workflows and keeps the result beside the builds; from source, as in tests, each worker bundles at its start.
 */
export async function workflowCode(logger: Logger): Promise<WorkflowCode> {
  if (!isCompiled) return { workflowBundle: await bundleWorkflows(entryFile('workflows'), logger) };
  const codePath = join(dirname(codeRoot), 'workflow-bundles', `${await contentHash()}.cjs`);
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  const { code } = await bundleWorkflows(entryFile('workflows'), logger);
  const isKept = await keep(codePath, code);
  return { workflowBundle: isKept ? { codePath } : { code } };
}

/** Of the compiled workflows and of the versions of the packages that go into the bundle. */
async function contentHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [entryFile('workflows'), join(projectRoot, 'package-lock.json')])
    hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

/** Whole or not at all; two workers may start at once. @returns False where the folder cannot be written. */
async function keep(path: string, code: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, code);
    await rename(draft, path);
    return true;
  } catch {
    return false;
  }
}
