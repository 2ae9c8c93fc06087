import { writeFile } from 'node:fs/promises';
import { PipelineError } from '../../contracts/errors.js';
import { type ExampleEncoding, type ExampleFile, exampleFile } from '../../datasets/sources/files/example-file.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';
import { printText } from '../output/print-text.js';
import type { CliContext } from '../program/context.js';

export interface FileTemplateOptions {
  /** Path of the file to write; standard output when absent. */
  readonly output?: string;
  readonly as?: ExampleEncoding;
}

/** @throws PipelineError `INVALID_INPUT` for a file that exists; `FILE_NOT_READABLE` when it cannot be written. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw fileNotReadable(path, cause);
    throw new PipelineError('INVALID_INPUT', `${path} exists; name another file`, { file: path }, { cause });
  }
}

/**
 * Writes or prints a file of invented rows that a model can be trained from, to be filled with one's own.
 * @throws PipelineError `INVALID_INPUT` for an unknown name, a file that exists, or an encoding without example.
 */
export async function writeFileTemplate(
  cli: CliContext,
  modelName: string,
  options: FileTemplateOptions,
): Promise<void> {
  const catalogue = await loadCatalogue();
  const model = catalogue.find(({ name }) => name === modelName);
  if (model === undefined) {
    const known = ['backend', ...catalogue.map(({ name }) => name)];
    throw new PipelineError('INVALID_INPUT', `there is no template "${modelName}"; known: ${known.join(', ')}`, {
      known,
    });
  }
  const { output } = options;
  const as = options.as ?? (output !== undefined && /\.json$/i.test(output) ? 'json' : 'csv');
  const example = exampleFile(model.fileFormats, as);
  if (output !== undefined) await writeNew(output, example.text);
  report(cli, modelName, example, output ?? null);
}

function report(cli: CliContext, modelName: string, example: ExampleFile, output: string | null): void {
  const { format, rows, text } = example;
  const needed = format.schema.minimumRows;
  const summary = { model: modelName, format: format.name, rows, needed, file: output };
  cli.out.result(output === null ? { ...summary, text } : summary, () => {
    if (output === null) printText(cli.out, text);
  });
  const next = output === null ? '' : `; \`ml train ${modelName} --data-path ${output}\` trains from it`;
  cli.out.notice(`${rows} invented rows in the format ${format.name}, of which ${needed} are needed at least${next}`);
}
