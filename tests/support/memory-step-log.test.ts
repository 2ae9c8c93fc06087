import { checkStepLog } from './check-step-log.js';
import { createMemoryStepLog } from './memory-step-log.js';

const log = createMemoryStepLog();
checkStepLog(() => log);
