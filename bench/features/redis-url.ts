import { loadConfig } from '../../platform/config/load-config.js';

/** Address of a real Redis, from REDIS_URL; null: none is named. */
export const findRedisUrl = (): string | null => loadConfig().redisUrl;
