import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger, WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { projectRoot } from '../../platform/project.js';
import { bundleWorkflows } from '../../workers/workflow-code.js';

/** The line with which a workflow begins. */
const SIGNATURE = /^export async function \w+\((?:input: \w+ = \{\})?\): Promise<\w+> \{\n/gm;

/**
 * Bundles a copy of the workflows in which each exported workflow begins with another statement.
 * @param statement - may use `plantedSleep(time)` and `planted(id)`, which are `sleep` and `patched`.
 */
export async function bundlePlanted(statement: string, logger: Logger): Promise<WorkflowBundleWithSourceMap> {
  const folder = await mkdtemp(join(tmpdir(), 'ml-planted-'));
  try {
    const linked = ['package.json', 'node_modules'];
    for (const name of linked) await symlink(join(projectRoot, name), join(folder, name));
    for (const name of ['contracts', 'workflows'])
      await cp(join(projectRoot, name), join(folder, name), {
        recursive: true,
        filter: (path) => !/histories$|\.test\.ts$/.test(path),
      });
    await plant(join(folder, 'workflows'), statement);
    return await bundleWorkflows(join(folder, 'workflows', 'index.ts'), logger);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function plant(folder: string, statement: string): Promise<void> {
  const imported = `import { patched as planted, sleep as plantedSleep } from '@temporalio/workflow';\n`;
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8');
    const planted = text.replaceAll(SIGNATURE, (start) => `${start}  ${statement}\n`);
    if (planted !== text) await writeFile(join(folder, name), imported + planted);
  }
}
