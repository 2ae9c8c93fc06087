import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../platform/project.js';

const parsed = (file: string): unknown => JSON.parse(readFileSync(join(projectRoot, file), 'utf8'));

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: true }>>;
}

describe('npm', () => {
  it('runs no install script of onnxruntime-node, which would fetch a GPU add-on that is not needed', () => {
    // npm 11 reads the refusal in package.json. npm 10, which comes with Node 20 and 22, does not know that field, but
    // runs only scripts that the lockfile mentions: after an update, take "hasInstallScript" out of this entry again.
    const { packages } = parsed('package-lock.json') as Lockfile;
    expect(packages['node_modules/onnxruntime-node']).not.toHaveProperty('hasInstallScript');
    expect(parsed('package.json')).toMatchObject({ allowScripts: { 'onnxruntime-node': false } });
    expect(Object.values(packages).filter(({ hasInstallScript }) => hasInstallScript).length).toBeGreaterThan(3);
  });

  it('has nothing to say about the settings of the project', () => {
    const env = { ...process.env, npm_config_userconfig: '/dev/null', npm_config_loglevel: 'warn' };
    const script = 'npm prefix 2>&1';
    expect(execFileSync('sh', ['-c', script], { cwd: projectRoot, env, encoding: 'utf8' }).trim()).toBe(projectRoot);
  });

  it('writes no address of a registry into the lockfile', () => {
    expect(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"/);
  });
});
