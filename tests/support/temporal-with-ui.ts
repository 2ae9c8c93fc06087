import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../platform/config/config.js';
import { findBrowserBlockedPort } from '../../platform/embedded/processes/blocked-ports.js';
import { freePorts } from '../../platform/embedded/processes/ports.js';
import { startService, stopService, waitUntilReady } from '../../platform/embedded/service.js';
import { findTemporal } from '../../platform/embedded/temporal/program.js';
import type { FindPage } from '../../platform/embedded/temporal/report-pages.js';
import type { TemporalPorts } from '../../platform/embedded/temporal/temporal.js';
import { planTemporal, temporalPorts } from '../../platform/embedded/temporal/temporal.js';
import { admittingUrl, startUiGateway } from '../../platform/embedded/temporal/ui-gateway.js';
import { projectRoot } from '../../platform/project.js';

/** A development server with its UI and the gateway before it, as the platform starts them. */
export interface TemporalWithUi {
  readonly ports: TemporalPorts;
  /** Of the UI's own server, behind the gateway. */
  readonly uiPort: number;
  readonly address: string;
  /** Address of the UI that admits a browser. */
  readonly url: string;
  close(): Promise<void>;
}

const token = 'f'.repeat(48);

/** @param findPage - of the pages that the gateway serves beside the UI; absent: none. */
export async function startTemporalWithUi(findPage?: FindPage): Promise<TemporalWithUi> {
  const folder = mkdtempSync(join(tmpdir(), 'ml-temporal-ui-'));
  const { cache, temporal } = readConfig(process.env, projectRoot);
  const ports = await freePorts(temporalPorts, {});
  const uiPort = (await findBrowserBlockedPort())!;
  const program = findTemporal({ cliPath: temporal.cliPath, cache })!;
  const { plan, address } = await planTemporal({ program, folder, ports, namespace: 'default', uiPort });
  const server = await startService(plan, join(folder, 'temporal.log'));
  await waitUntilReady(server);
  const pages = findPage === undefined ? {} : { findPage };
  const gateway = await startUiGateway({
    port: ports['temporal-ui'],
    target: uiPort,
    allowedHosts: [],
    token,
    ...pages,
  });
  return {
    ports,
    uiPort,
    address,
    url: admittingUrl(ports['temporal-ui'], token),
    async close() {
      await gateway.close();
      await stopService(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
