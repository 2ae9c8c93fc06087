/** Entry point of the download process: downloads into the folder given as argument, starts the server once and exits. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir] = process.argv.slice(2);
if (downloadDir === undefined) throw new Error('wanted: the folder to download into');

const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir, version: 'v1.5.1' } },
});
await environment.teardown();
