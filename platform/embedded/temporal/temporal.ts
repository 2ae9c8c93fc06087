import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { searchAttributes } from '../../../contracts/workflows.js';
import { pingTemporal } from '../../temporal/ping.js';
import type { ServicePlan } from '../service.js';
import type { TemporalProgram } from './program.js';
import { serverSettings } from './server-settings.js';
import { temporalProgramVersion } from './program.js';

/**
 * Names of the development server's ports; all are set, because the server picks random ones for the others.
 * `temporal-ui` is that of the gateway in front of its UI.
 */
export const temporalPorts = ['temporal', 'temporal-ui', 'temporal-http', 'temporal-metrics'] as const;
/** A port number for each name. */
export type TemporalPorts = Readonly<Record<(typeof temporalPorts)[number], number>>;

/** Program, database folder, ports and namespace of the development server. */
export interface TemporalOptions {
  readonly program: TemporalProgram;
  /** Folder of its database; created when absent. */
  readonly folder: string;
  readonly ports: TemporalPorts;
  readonly namespace: string;
  /** Port of the UI's own server, one that browsers do not connect to; null: no UI. */
  readonly uiPort: number | null;
}

/** Type names as `--search-attribute` expects them. */
const typeNames: Record<(typeof searchAttributes)[keyof typeof searchAttributes], string> = {
  KEYWORD: 'Keyword',
  DOUBLE: 'Double',
};

/** Plans the development server: SQLite in WAL mode, 127.0.0.1 only, with the project's search attributes. */
export async function planTemporal(options: TemporalOptions): Promise<{ plan: ServicePlan; address: string }> {
  const { program, folder, ports, uiPort } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const address = `127.0.0.1:${ports.temporal}`;
  const plan: ServicePlan = {
    name: 'temporal',
    version: await temporalProgramVersion(program.file),
    origin: program.origin,
    where: uiPort === null ? `${address}, no UI` : `${address}, UI http://127.0.0.1:${ports['temporal-ui']}`,
    command: { file: program.file, args: serverArguments(options), cwd: folder },
    stopSignal: 'SIGTERM',
    stopGraceMs: 15_000,
    readyWithinMs: 90_000,
    ping: () => pingTemporal({ address, namespace: options.namespace, tls: null, apiKey: null }),
  };
  return { plan, address };
}

function serverArguments({ folder, ports, namespace, uiPort }: TemporalOptions): readonly string[] {
  const attributes = Object.entries(searchAttributes).map(([name, type]) => `${name}=${typeNames[type]}`);
  const flags: readonly (readonly [string, string])[] = [
    ['--ip', '127.0.0.1'],
    ['--port', String(ports.temporal)],
    ['--http-port', String(ports['temporal-http'])],
    ['--metrics-port', String(ports['temporal-metrics'])],
    ['--db-filename', join(folder, 'temporal.db')],
    // SQLite's default syncs every transaction: ten times slower, and no safer against a killed process.
    ['--sqlite-pragma', 'journal_mode=wal'],
    ['--sqlite-pragma', 'synchronous=1'],
    ['--log-level', 'warn'],
  ];
  return [
    'server',
    'start-dev',
    ...flags.flat(),
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ...serverSettings.flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${JSON.stringify(value)}`]),
  ];
}
