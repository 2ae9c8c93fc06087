import { readFile } from 'node:fs/promises';
import type { DataPolicy } from '../../contracts/data-policy.js';
import { messageOf, pipelineError } from '../../contracts/errors.js';
import type { Config } from '../../platform/config/config.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';
import { parsePolicy } from './check-policy.js';

/** The policy in a JSON file. @throws PipelineError `FILE_NOT_READABLE`, `POLICY_INVALID`. */
export async function readPolicy(path: string): Promise<DataPolicy> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (fault) {
    throw fileNotReadable(path, fault);
  }
  return parsePolicy(parseJson(text, path), path);
}

/**
 * The policy that was given, else that of the setting DATA_POLICY; null: there is none.
 * @throws PipelineError `FILE_NOT_READABLE`, `POLICY_INVALID`.
 */
export async function policyInForce(
  { dataPolicyFile }: Pick<Config, 'dataPolicyFile'>,
  given: DataPolicy | null,
): Promise<DataPolicy | null> {
  if (given !== null) return parsePolicy(given, 'the policy of the request');
  return dataPolicyFile === null ? null : readPolicy(dataPolicyFile);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw pipelineError('POLICY_INVALID', { where, faults: [`is not JSON: ${messageOf(cause)}`] }, { cause });
  }
}
