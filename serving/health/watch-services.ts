import { messageOf } from '../../contracts/errors.js';
import { within } from '../../platform/embedded/processes/wait.js';
import { sleep } from '../../platform/sleep.js';

/** A service that answers depend on. */
export interface WatchedService {
  readonly name: string;
  /** True: nothing that the API answers needs it. @default false */
  readonly isOptional?: boolean;
  /** One real operation; rejects when the service does not answer. */
  ping(): Promise<unknown>;
}

export interface ServiceHealth {
  readonly name: string;
  readonly status: 'ok' | 'unreachable' | 'unknown';
  /** Since when (ISO 8601). */
  readonly since: string;
  /** Its absence does not degrade the API. */
  readonly isOptional?: boolean;
}

/** Health of services as last seen, so that no request asks them. */
export interface ServiceWatch {
  health(): readonly ServiceHealth[];
  /** Asks all of them once. */
  look(): Promise<void>;
  /** Looks again and again until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
}

const PING_TIMEOUT_MS = 2_000;
const EVERY_MS = 5_000;

const late = (): Error => new Error(`no answer within ${PING_TIMEOUT_MS} ms`);

const namedAs = ({ name, isOptional = false }: WatchedService): Pick<ServiceHealth, 'name' | 'isOptional'> => ({
  name,
  ...(isOptional && { isOptional }),
});

/** @param onChange - told of each change with the reason of a failure. */
export function watchServices(
  services: readonly WatchedService[],
  onChange: (health: ServiceHealth, reason: string) => void,
): ServiceWatch {
  const since = new Date().toISOString();
  const seen = new Map<string, ServiceHealth>(
    services.map((service) => [service.name, { ...namedAs(service), status: 'unknown', since }]),
  );

  async function check(service: WatchedService): Promise<void> {
    const { status, reason } = await within(service.ping(), PING_TIMEOUT_MS, late).then(
      () => ({ status: 'ok' as const, reason: '' }),
      (fault: unknown) => ({ status: 'unreachable' as const, reason: messageOf(fault) }),
    );
    if (seen.get(service.name)?.status === status) return;
    const health = { ...namedAs(service), status, since: new Date().toISOString() };
    seen.set(service.name, health);
    onChange(health, reason);
  }

  const look = async (): Promise<void> => {
    await Promise.all(services.map(check));
  };
  return {
    health: () => [...seen.values()],
    look,
    async follow(signal) {
      while (await sleep(EVERY_MS, signal)) await look();
    },
  };
}
