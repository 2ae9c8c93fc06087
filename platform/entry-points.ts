/** One file that is started as a process or bundled. */
interface EntryPointFile {
  /** Path below the project without extension, the same for source and compiled code. */
  readonly file: string;
  /** `program`: a Node process, compiled. `workflows`: bundled by Temporal. `benchmark`: a Node process, from source. */
  readonly kind: 'program' | 'workflows' | 'benchmark';
  readonly purpose: string;
}

/**
 * All files that are started as processes or passed to Temporal's bundler. `npm run lint:rooms` checks that each file
 * exists and is not imported, and that each module is reached from one of them. The build compiles the programs. This
 * file has no imports, so that the build and the room check can load it on its own.
 */
export const entryPoints = {
  cli: { file: 'cli/ml', kind: 'program', purpose: 'the command line, and the workers through `ml worker`' },
  supervisor: {
    file: 'platform/embedded/supervisor-main',
    kind: 'program',
    purpose: 'starts, watches and stops the services and workers of one state directory',
  },
  computingProcess: { file: 'composition/child-main', kind: 'program', purpose: 'computes one job after another' },
  temporalDownload: {
    file: 'platform/embedded/temporal/sdk-download-main',
    kind: 'program',
    purpose: 'fetches the Temporal server with the downloader of its SDK',
  },
  prepareWorkflows: {
    file: 'workers/prepare-workflows-main',
    kind: 'program',
    purpose: 'bundles the workflows ahead, for `npm run build`',
  },
  workflows: {
    file: 'workflows/index',
    kind: 'workflows',
    purpose: 'the workflows, run in the sandbox of the workers',
  },
  encoderTraining: {
    file: 'bench/text/encoder-training',
    kind: 'benchmark',
    purpose: 'measures time and memory of fine-tuning steps',
  },
  tunedTraining: {
    file: 'bench/text/intent/tuned-training',
    kind: 'benchmark',
    purpose: 'measures one fine-tuned intent classifier',
  },
  bareApi: {
    file: 'bench/serving/bare-main',
    kind: 'benchmark',
    purpose: 'the prediction API without tokens, rates and cache',
  },
  constantApi: {
    file: 'bench/serving/constant-main',
    kind: 'benchmark',
    purpose: 'a constant answer over HTTP, by Node or Fastify, to compare the prediction API with',
  },
  dataStep: {
    file: 'bench/data/step-main',
    kind: 'benchmark',
    purpose: 'one step from a snapshot to features or a training table, alone in its process',
  },
  augurs: {
    file: 'bench/forecasting/augurs-child',
    kind: 'benchmark',
    purpose: 'runs the peer library, which may never return',
  },
  extractionStep: {
    file: 'bench/extraction/step-main',
    kind: 'benchmark',
    purpose: 'measures one extraction of a table',
  },
} as const satisfies Readonly<Record<string, EntryPointFile>>;

/** Name of an entry point. */
export type EntryPoint = keyof typeof entryPoints;

/** A module that computes; the build records the hash of all modules that it reaches, so that a change of them shows. */
export const computingModules = {
  dataJobs: 'activities/jobs/data-jobs',
  fit: 'training/fit',
  fitShard: 'training/fit-shard',
  evaluate: 'training/evaluate',
} as const;
