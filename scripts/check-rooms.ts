import { projectRoot } from '../platform/project.js';
import { checkRooms } from './rooms/check.js';
import { measureFunctions } from './rooms/function-sizes.js';

const MEDIAN_LINES = 12;

const { modules, violations } = await checkRooms(projectRoot);
const { functions, median, longest } = measureFunctions(projectRoot);
const faults = [...violations];
if (median > MEDIAN_LINES)
  faults.push(`function-size: the median function has ${median} lines, wanted ≤ ${MEDIAN_LINES}`);

for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(
  `rooms: ${modules} modules, ${violations.length} violations; ` +
    `${functions} functions, median ${median} lines, longest ${longest.lines} (${longest.where})\n`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
