import type { Command } from 'commander';
import type { CliContext } from './context.js';

/** What each file in cli/commands/ exports. */
export interface CommandFile {
  readonly register: (program: Command, cli: CliContext) => void;
}

interface CommandEntry {
  /** The same sentence as the command's own summary; a test compares them. */
  readonly summary: string;
  readonly load: () => Promise<CommandFile>;
}

/** Every command by its first word, in the order of the help text. */
export const commandFiles: Readonly<Record<string, CommandEntry>> = {
  retrain: {
    summary: 'retrain every model once, from the data to a decision',
    load: () => import('../commands/retrain.js'),
  },
  train: {
    summary: 'train one model, or all, from the backend or from a file',
    load: () => import('../commands/train.js'),
  },
  evaluate: {
    summary: 'score a registered version on another file',
    load: () => import('../commands/evaluate.js'),
  },
  predict: { summary: 'answer one question with a registered version', load: () => import('../commands/predict.js') },
  forecast: {
    summary: 'forecast the series of a file; starts nothing',
    load: () => import('../commands/forecast.js'),
  },
  runs: {
    summary: 'search, show, tag, follow, cancel, repeat and compare runs',
    load: () => import('../commands/runs.js'),
  },
  models: { summary: 'list, show, compare, verify and export versions', load: () => import('../commands/models.js') },
  cards: {
    summary: 'write model cards with present stages, and their index',
    load: () => import('../commands/cards.js'),
  },
  promote: { summary: 'ask for a version to be promoted', load: () => import('../commands/promote.js') },
  approve: { summary: 'approve a promotion that waits', load: () => import('../commands/approve.js') },
  reject: { summary: 'reject a promotion that waits', load: () => import('../commands/reject.js') },
  rollback: { summary: 'return to the former production version', load: () => import('../commands/rollback.js') },
  data: { summary: 'generate, import, list and check data sources', load: () => import('../commands/data.js') },
  intents: {
    summary: 'which messages to label next, and bring labels back',
    load: () => import('../commands/intents.js'),
  },
  entities: {
    summary: 'which annotations are probably wrong, and bring corrections back',
    load: () => import('../commands/entities.js'),
  },
  features: {
    summary: 'definitions, lineage and stored values of features',
    load: () => import('../commands/features.js'),
  },
  schedule: {
    summary: 'weekly retraining, daily data pipeline and checks of drift and features',
    load: () => import('../commands/schedule.js'),
  },
  drift: {
    summary: 'compare recent answers of a model with the rows that it was judged on',
    load: () => import('../commands/drift.js'),
  },
  serve: { summary: 'answer predictions over HTTP', load: () => import('../commands/serve.js') },
  token: { summary: 'make a token for the prediction API', load: () => import('../commands/token.js') },
  predictions: {
    summary: 'show an answer of the prediction API, and why it was given',
    load: () => import('../commands/predictions.js'),
  },
  alerts: { summary: 'list alerts and say that they were seen', load: () => import('../commands/alerts.js') },
  webhooks: {
    summary: 'list deliveries of webhooks and send dead ones again',
    load: () => import('../commands/webhooks.js'),
  },
  keys: { summary: 'list and rotate the keys of this installation', load: () => import('../commands/keys.js') },
  audit: { summary: 'list and verify the audit log', load: () => import('../commands/audit.js') },
  up: { summary: 'start the local services, workers and API', load: () => import('../commands/up.js') },
  down: { summary: 'stop what `ml up` started', load: () => import('../commands/down.js') },
  status: { summary: 'show what runs and where it answers', load: () => import('../commands/status.js') },
  worker: { summary: 'run a worker in the foreground', load: () => import('../commands/worker.js') },
  doctor: { summary: 'check every part this machine needs', load: () => import('../commands/doctor.js') },
};
