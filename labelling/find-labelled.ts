import { PipelineError } from '../contracts/errors.js';
import type { Labelling } from '../contracts/labelling.js';
import { loadCatalogue } from '../models/catalogue.js';

type Kind = Labelling['kind'];
type LabellingOf<Wanted extends Kind> = Extract<Labelling, { kind: Wanted }>;

/** A model that learns from labels of this kind. */
export interface LabelledModel<Wanted extends Kind> {
  readonly modelName: string;
  readonly labelling: LabellingOf<Wanted>;
}

const isOfKind = <Wanted extends Kind>(
  labelling: Labelling | undefined,
  kind: Wanted,
): labelling is LabellingOf<Wanted> => labelling?.kind === kind;

/** The first model of the catalogue that learns from labels of this kind. @throws PipelineError `INVALID_INPUT` when none does. */
export async function findLabelled<Wanted extends Kind>(kind: Wanted): Promise<LabelledModel<Wanted>> {
  for (const { name: modelName, labelling } of await loadCatalogue())
    if (isOfKind(labelling, kind)) return { modelName, labelling };
  throw new PipelineError('INVALID_INPUT', `no model learns from labelled ${kind}`, { kind });
}
