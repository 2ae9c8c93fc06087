import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';

/** Sizes of an encoder under the same names for all families. */
export interface EncoderConfig {
  readonly family: 'bert' | 'distilbert';
  /** Width of a token's vector. */
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the feed-forward layer. */
  readonly intermediate: number;
  /** Added to the variance in layer normalisation. */
  readonly epsilon: number;
  readonly vocabulary: number;
  /** Maximum sequence length in pieces. */
  readonly positions: number;
}

const size = z.number().int().positive();
/** Exact GELU only: the tanh approximations differ by up to 1e-3. */
const activation = z.literal('gelu').default('gelu');

const bert = z.object({
  model_type: z.literal('bert'),
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  intermediate_size: size,
  layer_norm_eps: z.number().positive().default(1e-12),
  vocab_size: size,
  max_position_embeddings: size,
  hidden_act: activation,
  position_embedding_type: z.literal('absolute').default('absolute'),
});

const distilbert = z.object({
  model_type: z.literal('distilbert'),
  dim: size,
  n_layers: size,
  n_heads: size,
  hidden_dim: size,
  vocab_size: size,
  max_position_embeddings: size,
  activation,
});

const config = z.discriminatedUnion('model_type', [bert, distilbert]);

function unify(found: z.infer<typeof config>): EncoderConfig {
  if (found.model_type === 'distilbert') {
    return {
      family: 'distilbert',
      hidden: found.dim,
      layers: found.n_layers,
      heads: found.n_heads,
      intermediate: found.hidden_dim,
      epsilon: 1e-12,
      vocabulary: found.vocab_size,
      positions: found.max_position_embeddings,
    };
  }
  return {
    family: 'bert',
    hidden: found.hidden_size,
    layers: found.num_hidden_layers,
    heads: found.num_attention_heads,
    intermediate: found.intermediate_size,
    epsilon: found.layer_norm_eps,
    vocabulary: found.vocab_size,
    positions: found.max_position_embeddings,
  };
}

/**
 * Reads config.json of a BERT-family encoder (BERT, MiniLM, DistilBERT).
 * @throws PipelineError `MALFORMED_FILE` for another architecture or activation, or when the heads do not divide the
 *   hidden size.
 */
export function parseEncoderConfig(bytes: Uint8Array): EncoderConfig {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new PipelineError('MALFORMED_FILE', "the encoder's config.json is not JSON", {}, { cause });
  }
  const parsed = config.safeParse(json);
  if (!parsed.success) {
    const faults = z.prettifyError(parsed.error);
    throw new PipelineError('MALFORMED_FILE', `config.json is not of a BERT-family encoder: ${faults}`);
  }
  const unified = unify(parsed.data);
  if (unified.hidden % unified.heads === 0) return unified;
  throw new PipelineError('MALFORMED_FILE', `${unified.hidden} hidden units do not divide by ${unified.heads} heads`);
}
