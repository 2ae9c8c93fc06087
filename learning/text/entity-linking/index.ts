export {
  createLinker,
  normaliseName,
  type DictionaryEntry,
  type LinkCandidate,
  type Linker,
  type LinkerOptions,
} from './dictionary.js';
