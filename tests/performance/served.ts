import type { TestProject } from 'vitest/node';
import { readState } from '../../platform/embedded/state.js';
import { servePlatform, TEST_HOME } from '../../scripts/served/platform.js';

/** The API that the tests of this folder ask. */
export interface ServedApi {
  readonly home: string;
  readonly url: string;
  readonly token: string;
  /** Of its main process. */
  readonly pid: number;
}

declare module 'vitest' {
  export interface ProvidedContext {
    api: ServedApi;
  }
}

/**
 * Vitest global set-up: a platform with trained versions, in ML_TEST_HOME or the folder that tests of the API keep; its
 * first start trains them, which takes minutes.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = process.env.ML_TEST_HOME ?? TEST_HOME;
  const platform = await servePlatform(home, (line) => void process.stderr.write(`[platform] ${line}\n`));
  const { pid } = readState(home)!.parts.find(({ name }) => name === 'api')!.process!;
  project.provide('api', { home, url: platform.url, token: platform.token, pid });
  return () => platform.stop();
}
