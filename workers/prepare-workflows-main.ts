/* Entry point of `npm run build`: bundles the workflows before the first worker starts. */
import { DefaultLogger } from '@temporalio/worker';
import { workflowCode } from './workflow-code.js';

await workflowCode(new DefaultLogger('WARN'));
