import { fileURLToPath } from 'node:url';

/** Folder or bucket of an artifact URI. */
export type ArtifactLocation =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

function fileLocation(url: URL): ArtifactLocation | string {
  try {
    return { kind: 'file', folder: fileURLToPath(url) };
  } catch {
    return 'a folder of this machine, such as file:///var/lib/ml-services';
  }
}

function s3Location(url: URL): ArtifactLocation | string {
  if (url.hostname === '') return 'a bucket, such as s3://my-bucket/ml-services';
  const prefix = decodeURIComponent(url.pathname).split('/').filter(Boolean).join('/');
  return { kind: 's3', bucket: url.hostname, prefix };
}

/** What an artifact URI names, or what is wanted in its place. */
export function artifactLocation(artifactUri: string): ArtifactLocation | string {
  const url = URL.canParse(artifactUri) ? new URL(artifactUri) : null;
  if (url?.protocol === 'file:') return fileLocation(url);
  if (url?.protocol === 's3:') return s3Location(url);
  return 'file:///absolute/folder or s3://bucket/prefix';
}
