import { expect, it } from 'vitest';
import { readConfig } from '../platform/config/config.js';
import { deploymentOptions, deploymentVersion } from './deployment.js';

const settings = (env: Record<string, string>) => readConfig({ TEMPORAL_ADDRESS: 'temporal:7233', ...env }, '/project');

it('notes the build of a worker in the history and lets every build continue every run', () => {
  expect(deploymentOptions(settings({ WORKER_BUILD_ID: 'v2' }))).toEqual({
    version: { deploymentName: 'ml-services', buildId: 'v2' },
    useWorkerVersioning: false,
  });
});

it('pins runs to the build that began them when the settings say so', () => {
  expect(deploymentOptions(settings({ WORKER_VERSIONING: 'pinned' }))).toMatchObject({
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  });
});

it('names a deployment without the characters that the server refuses', () => {
  expect(deploymentVersion(settings({ TASK_QUEUE_PREFIX: 'v1.2:a-' })).deploymentName).toBe('v1-2-a-ml-services');
});
