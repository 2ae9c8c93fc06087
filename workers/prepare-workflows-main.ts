/* Entry point of `npm run build`: bundles the workflows ahead of the first worker. */
import { DefaultLogger } from '@temporalio/worker';
import { workflowCode } from './workflow-code.js';

await workflowCode(new DefaultLogger('WARN'));
