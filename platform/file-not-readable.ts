import { errorAt, messageOf, type PipelineError } from '../contracts/errors.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder, wanted a file',
  EACCES: 'the file may not be read by this user',
  EPERM: 'the file may not be read by this user',
  ELOOP: 'the path is a loop of links',
  ENAMETOOLONG: 'the path is too long',
};

/** `FILE_NOT_READABLE` for an error of the file system. @param file - path as the caller gave it. */
export function fileNotReadable(file: string, fault: unknown): PipelineError {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  return errorAt('FILE_NOT_READABLE', { file }, reasons[code] ?? `reading failed: ${messageOf(fault)}`, fault);
}
