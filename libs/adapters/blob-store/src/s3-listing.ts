import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import type { StoredBlob, UnfinishedDeposit } from '@docstream/core';
import { parseKey } from './key.js';
import { isMissing, type S3Connection } from './s3-connection.js';

/** Page by page, as S3 gives them: at most 1,000 in memory. */
export async function* listObjects(connection: S3Connection): AsyncIterable<StoredBlob> {
  const { bucket, prefix, client } = connection;
  let token: string | undefined;
  do {
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const page = await connection.ask((options) => client.send(list, options), { isOfBucket: true });
    if (isMissing(page)) throw connection.noBucket();
    for (const { Key = '', Size, LastModified } of page.Contents ?? []) {
      const named = parseKey(Key.slice(prefix.length));
      if (named === null || Size === undefined || LastModified === undefined) continue;
      yield { ...named, bytes: Size, timeMs: LastModified.getTime() };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

const UPLOAD = 'multipart upload ';

/** Ours are single PUTs; a proxy or a tool in between may have made uploads of several parts of them. */
export async function* listUploads(connection: S3Connection): AsyncIterable<UnfinishedDeposit> {
  const { bucket, prefix, client } = connection;
  let from: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const list = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...from });
    const page = await connection.ask((options) => client.send(list, options), { isOfBucket: true });
    if (isMissing(page)) throw connection.noBucket();
    for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? []) {
      if (parseKey(Key.slice(prefix.length)) === null || Initiated === undefined) continue;
      yield { name: `${UPLOAD}${UploadId} ${Key}`, bytes: null, timeMs: Initiated.getTime() };
    }
    if (page.IsTruncated !== true) return;
    from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}

/** Null when the name is that of no upload. */
export async function discardUpload(
  connection: S3Connection,
  { name }: UnfinishedDeposit,
): Promise<boolean | null> {
  if (!name.startsWith(UPLOAD)) return null;
  const [UploadId = '', Key = ''] = name.slice(UPLOAD.length).split(' ');
  const abort = new AbortMultipartUploadCommand({ Bucket: connection.bucket, Key, UploadId });
  const done = await connection.ask((options) => connection.client.send(abort, options));
  return !isMissing(done);
}
