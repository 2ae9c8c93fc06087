import type { PartHealth, PlatformStatus } from '../../platform/embedded/status.js';
import type { Output } from '../output/output.js';

/** The platform's state as a table, and below it the parts that crashed and how to look further. */
export function printStatus(out: Output, status: PlatformStatus): void {
  out.result(status, () => {
    out.line(summaryLine(status));
    if (status.parts.length === 0) return;
    out.table({
      head: ['part', 'state', 'what', 'where', 'version', 'answers', 'log'],
      rows: status.parts.map((part) => partRow(part)),
    });
    if (status.uiUrl !== null) printUi(out, status.uiUrl);
    for (const part of status.parts) printCrash(out, part);
  });
}

const phases: Record<PlatformStatus['phase'], string> = {
  absent: 'not started yet; `ml up` starts it',
  dead: 'the supervisor was killed; the next command starts it anew',
  starting: 'starting',
  ready: 'ready',
  stopping: 'stopping',
  stopped: 'stopped; `ml up` starts it',
  failed: 'failed to start; `ml up` tries again, `ml doctor` checks every part',
};

const summaryLine = ({ home, phase, supervisorPid }: PlatformStatus): string =>
  `platform in ${home}: ${phases[phase]}${supervisorPid === null ? '' : ` (supervisor pid ${supervisorPid})`}`;

const partRow = (part: PartHealth): readonly string[] => [
  part.name,
  part.restarts === 0 ? part.status : `${part.status}, ${part.restarts} restarts`,
  part.origin,
  part.where,
  part.version,
  part.healthy ? `yes, ${part.detail}` : `no: ${part.detail}`,
  part.log ?? '-',
];

function printUi(out: Output, url: string): void {
  out.line();
  out.line(`Temporal UI: ${url}`);
}

function printCrash(out: Output, { name, lastCrash }: PartHealth): void {
  if (lastCrash === null) return;
  out.line();
  out.line(`${name}, last crash ${lastCrash.at}:`);
  for (const line of lastCrash.message.split('\n')) out.line(line);
}
