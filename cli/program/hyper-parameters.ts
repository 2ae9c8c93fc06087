import type { Command } from 'commander';
import { z } from 'zod';
import { PipelineError } from '../../contracts/errors.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';

/** Hyper-parameters with a flag of their own; every other one goes through `--param name=value`. */
const flags: readonly (readonly [flag: string, description: string])[] = [
  ['--epochs <n>', 'passes over the training data'],
  ['--batch-size <n>', 'rows of one optimiser step'],
  ['--learning-rate <x>', 'step size'],
  ['--iterations <n>', 'training iterations'],
  ['--forecast-horizon <days>', 'days to forecast'],
  ['--contamination <share>', 'expected share of anomalies'],
  ['--max-depth <n>', 'depth of a tree'],
  ['--n-estimators <n>', 'number of trees'],
];

/** `--n-estimators <n>` → `nEstimators`. */
const parameterName = (flag: string): string =>
  flag
    .replace(/^--/, '')
    .replace(/ .*$/, '')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Adds the flags that stand for hyper-parameters. */
export function addHyperParameterFlags(command: Command): Command {
  for (const [flag, description] of flags) command.option(flag, `hyper-parameter: ${description}`);
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  return command.option('--param <name=value>', 'any other hyper-parameter (repeat it)', collect);
}

/**
 * The hyper-parameters on a command line, flags and `--param` alike.
 * @param options - what commander parsed.
 * @throws PipelineError `INVALID_INPUT` for a `--param` without `=`.
 */
export function collectHyperParameters(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const [flag] of flags) {
    const text = options[parameterName(flag)];
    if (typeof text === 'string') params[parameterName(flag)] = parseValue(text);
  }
  for (const pair of (options['param'] ?? []) as readonly string[]) {
    const [name, value] = splitPair(pair);
    params[name] = parseValue(value);
  }
  return params;
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1)
    throw new PipelineError('INVALID_INPUT', `--param wants name=value, found "${pair}"`, { flag: '--param' });
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Numbers, flags and lists as JSON; anything else is text. `2e-5` is a JSON number. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** One hyper-parameter as the help shows it. */
export interface DescribedParameter {
  readonly name: string;
  readonly initial: string;
  readonly description: string;
}

/** The model's hyper-parameters with default and meaning, from its schema. */
export function describeParams(model: ModelDefinition): readonly DescribedParameter[] {
  const { properties = {} } = z.toJSONSchema(model.params, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { default: initial, description = '' } = typeof property === 'object' ? property : {};
    return { name, initial: initial === undefined ? '–' : JSON.stringify(initial), description };
  });
}
