import { PipelineError } from '../../contracts/errors.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { type ExampleEncoding, type ExampleFile, exampleFile } from '../../datasets/sources/files/example-file.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { printText } from '../output/print-text.js';
import { writeNew } from '../output/write-new.js';
import type { CliContext } from '../program/context.js';
import { readSchemaFile } from '../program/data-file.js';

export interface FileTemplateOptions {
  /** Path of the file to write; standard output when absent. */
  readonly output?: string;
  readonly as?: ExampleEncoding;
  /** Path of a table's schema. */
  readonly schema?: string;
  /** A line of versions that were trained by a schema. */
  readonly line?: string;
}

/** The layouts of a model; of a schema, or of the champion of a line that was trained by one, that alone. */
async function formatsOf(cli: CliContext, model: ModelDefinition, { schema, line }: FileTemplateOptions) {
  if (schema === undefined && line === undefined) return model.fileFormats;
  const { tableFormatOf } = await import('../../training/dataset-schema.js');
  if (schema !== undefined) return [tableFormatOf(model, await readSchemaFile(schema))];
  const own = model.fileFormats.filter((format) => format.schema.line === line);
  if (own.length > 0) return own;
  const { services } = await cli.connect();
  const { findTableSchema } = await import('../../inference/table-schema-of.js');
  return [tableFormatOf(model, await findTableSchema(services, { modelName: model.name, line: line! }))];
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
  const example = exampleFile(await formatsOf(cli, model, options), as);
  if (output !== undefined) await writeNew(output, example.text);
  report(cli, modelName, example, { output: output ?? null, schema: options.schema ?? null });
}

function report(
  cli: CliContext,
  modelName: string,
  example: ExampleFile,
  { output, schema }: { readonly output: string | null; readonly schema: string | null },
): void {
  const { format, rows, text } = example;
  const needed = format.schema.minimumRows;
  const summary = { model: modelName, format: format.name, rows, needed, file: output };
  cli.out.result(output === null ? { ...summary, text } : summary, () => {
    if (output === null) printText(cli.out, text);
  });
  const by = schema === null ? '' : ` --schema ${schema}`;
  const next = output === null ? '' : `; \`ml train ${modelName} --data-path ${output}${by}\` trains from it`;
  cli.out.notice(`${rows} invented rows in the format ${format.name}, of which ${needed} are needed at least${next}`);
}
