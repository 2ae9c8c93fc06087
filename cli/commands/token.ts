import type { Command } from 'commander';
import { PipelineError } from '../../contracts/errors.js';
import type { CliContext } from '../program/context.js';

interface TokenOptions {
  readonly scope: readonly string[];
  readonly ttl: number;
  readonly subject: string;
  readonly user?: string;
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const LONGEST_SECONDS = 365 * 86_400;

/** `ml token`: a token for the API of this installation. */
export function register(program: Command, cli: CliContext): void {
  program
    .command('token')
    .summary('make a token for the prediction API')
    .description(
      'Prints a token (JWT) that the API of this installation accepts, signed with its secret. Scopes: predict:<model> ' +
        'such as predict:credit-risk, predict:* for all, explain, feedback, features, metrics, admin.',
    )
    .requiredOption('--scope <scope...>', 'what it allows; several, separated by blanks or commas')
    .option('--ttl <time>', 'how long it is valid: 90s, 15m, 12h or 30d', readDuration, 3600)
    .option('--subject <name>', 'who it is for; stands in logs', 'cli')
    .option('--user <id>', 'restricts it to this customer')
    .action((options: TokenOptions) => printToken(cli, options));
}

function readDuration(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (secondsOf[unit ?? ''] ?? Number.NaN);
  if (seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds;
  throw new PipelineError('INVALID_INPUT', '--ttl: wanted a time of at most 365d, such as 90s, 15m, 12h or 30d');
}

async function printToken({ config, out }: CliContext, { scope, ttl, subject, user }: TokenOptions): Promise<void> {
  const [{ readTokenSecret, signsItsOwnTokens }, { signToken }, { requireKnownScopes }] = await Promise.all([
    import('../../serving/identity/token-keys.js'),
    import('../../serving/identity/sign-token.js'),
    import('../../serving/identity/known-scopes.js'),
  ]);
  if (!signsItsOwnTokens(config.api))
    throw new PipelineError(
      'INVALID_CONFIG',
      'JWT_PUBLIC_KEY_FILE or JWT_JWKS_URL is set: tokens come from its issuer',
    );
  const scopes = scope.flatMap((each) => each.split(/[\s,]+/)).filter((each) => each !== '');
  await requireKnownScopes(scopes);
  const request = { subject, scopes, seconds: ttl, userId: user };
  const token = await signToken(config.api, readTokenSecret(config), request);
  out.result({ token, scopes, expiresInSeconds: ttl }, () => out.line(token));
}
