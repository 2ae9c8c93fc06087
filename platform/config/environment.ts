/** Variables by name; one that is not set is undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process, as it is now. The only reader of `process.env` in the product. */
export const processEnvironment = (): Environment => process.env;

/** What a program started by this process finds in its environment: everything that this one has, and `variables`. */
export const inheritedEnvironment = (variables: Environment = {}): NodeJS.ProcessEnv => ({
  ...processEnvironment(),
  ...variables,
});
