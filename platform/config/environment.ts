/** Variables by name; one that is not set is undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The current environment of this process. The only place in the product that reads `process.env`. */
export const processEnvironment = (): Environment => process.env;

/** Environment for a child process: that of this process, overridden by `variables`. */
export const inheritedEnvironment = (variables: Environment = {}): NodeJS.ProcessEnv => ({
  ...processEnvironment(),
  ...variables,
});
