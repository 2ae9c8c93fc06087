import { expect, it } from 'vitest';
import { readConfig } from '../config/config.js';
import { configEnvironment } from './config-environment.js';

it.each([
  ['defaults', {}],
  [
    'every setting',
    {
      ML_HOME: 'state',
      ML_CACHE: '/cache',
      LOG_LEVEL: 'debug',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'bank',
      TEMPORAL_CLI_PATH: '/opt/temporal',
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_CLIENT_CERT_PATH: 'certificates/client.pem',
      TEMPORAL_TLS_CLIENT_KEY_PATH: 'certificates/client.key',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/etc/authority.pem',
      TEMPORAL_TLS_SERVER_NAME: 'temporal.internal',
      TEMPORAL_API_KEY: 'key',
      DATABASE_URL: 'postgres://a/b',
      BACKEND_DATABASE_URL: 'postgres://c/d',
      REDIS_URL: 'redis://e',
      ARTIFACT_URI: 's3://f/g',
      TASK_QUEUE_PREFIX: 'blue-',
      PIPELINE_SLOTS: '3',
      TRAINING_SLOTS: '1',
      TRAINING_MEMORY_MB: '512',
      HEARTBEAT_TIMEOUT_SECONDS: '7',
      EXTRACT_CHUNK_ROWS: '1000',
      CUSTOMER_TIME_ZONE: 'Europe/Berlin',
      CUSTOMER_TIME_ZONES: 'shop=America/New_York,berka=UTC',
      VALIDATION_MAX_REJECTED_SHARE: '0.5',
      VALIDATION_SUSPICIOUS_LABELS: 'allowed',
      PRODUCTION_APPROVAL: 'automatic',
      SCHEDULE_TIMEZONE: 'Asia/Kolkata',
      SCHEDULE_WEEKLY: '0 4 * * 2',
      SCHEDULE_DAILY: '0 1 * * *',
      SCHEDULE_FEATURES: '30 * * * *',
      SCHEDULE_PARITY: '0 7 * * *',
      SCHEDULE_OVERLAP: 'BUFFER_ONE',
      SCHEDULE_CATCHUP_HOURS: '2.5',
    },
  ],
  ['TLS by an API key alone', { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'key' }],
])('readConfig(configEnvironment(config)) equals config: %s', (_, env) => {
  const config = readConfig(env, '/project');
  expect(readConfig(configEnvironment(config), '/somewhere/else')).toEqual(config);
});
