import type { Command } from 'commander';
import type { CliContext } from '../program/context.js';
import type { Finding } from '../doctor/finding.js';

/** `ml doctor`: exit code 0 when nothing required is missing. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('doctor')
    .summary('check every part this machine needs')
    .description(
      'Loads each module with compiled code and does one operation with it, and finds each service or what it would be ' +
        'started from. Starts, fetches and changes nothing, except with --fix.',
    )
    .option(
      '--fix',
      'move damaged state files aside, after stopping the platform if there are any, and register search attributes',
    )
    .action(async ({ fix = false }: { readonly fix?: boolean }) => {
      if (fix) await healAll(cli);
      else await examineAll(cli);
    });
}

async function healAll({ config, out }: CliContext): Promise<void> {
  const [{ healState }, { registerSearchAttributes }] = await Promise.all([
    import('../../platform/embedded/heal.js'),
    import('../doctor/search-attributes.js'),
  ]);
  const moved = await healState(config.home);
  const registered = await registerSearchAttributes(config);
  out.result({ moved, registered }, () => {
    if (registered.length > 0) out.line(`registered the search attributes ${registered.join(', ')}`);
    if (moved.length === 0) out.line(`nothing is damaged in ${config.home}`);
    for (const { file, finding, lost, movedTo } of moved) {
      out.line(`${file} ${finding}; moved to ${movedTo}`);
      out.line(`  lost: ${lost}`);
    }
    if (moved.length > 0) out.line('`ml up` starts the platform again.');
  });
}

async function examineAll(cli: CliContext): Promise<void> {
  const [{ conclude }, { nativeModules }, { serviceExaminations }, { examineState }] = await Promise.all([
    import('../doctor/finding.js'),
    import('../doctor/native-modules.js'),
    import('../doctor/services.js'),
    import('../doctor/state-files.js'),
  ]);
  const findings: Finding[] = [nodeFinding(), ...examineState(cli.config.home)];
  for (const examination of [...nativeModules, ...serviceExaminations(cli.config)])
    findings.push(await conclude(examination));
  const healthy = findings.every(({ state }) => state !== 'missing');
  cli.out.result({ healthy, findings }, () => print(cli, findings));
  if (!healthy) cli.exitWith(1);
}

const nodeFinding = (): Finding => ({
  part: 'Node.js',
  state: 'ok',
  found: `${process.platform} ${process.arch}`,
  where: process.execPath,
  version: process.versions.node,
  advice: '',
});

function print({ out }: CliContext, findings: readonly Finding[]): void {
  const paints = { ok: out.paint.green, optional: out.paint.yellow, missing: out.paint.red };
  out.table({
    head: ['part', 'state', 'found', 'version', 'where', 'what to do'],
    rows: findings.map((it) => [it.part, paints[it.state](it.state), it.found, it.version, it.where, it.advice]),
  });
}
