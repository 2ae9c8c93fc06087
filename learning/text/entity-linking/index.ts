export {
  createLinker,
  jaroWinkler,
  normaliseName,
  type DictionaryEntry,
  type LinkCandidate,
  type Linker,
  type LinkerOptions,
} from './dictionary.js';
export { nearestName } from './nearest-name.js';
