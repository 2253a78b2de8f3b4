import type { FileId, FileStatus, FileTransferId, SystemUuid } from '@arras/contract';
import type { Generated, Selectable } from 'kysely';

export interface FilesTable {
  uuid: FileId;
  place: string;
  system_uuid: SystemUuid;
  path: string;
  owner: string;
  format: 'raw' | 'folder';
  status: FileStatus;
  source: string | null;
  created_at: Generated<Date>;
  last_modified: Generated<Date>;
}

export interface FilePermissionsTable {
  place: string;
  username: string;
  system_uuid: SystemUuid;
  path: string;
  can_read: boolean;
  can_write: boolean;
  can_execute: boolean;
  recursive: boolean;
  granted_by: string;
  granted_at: Generated<Date>;
}

export interface FileTransfersTable {
  id: FileTransferId;
  file_uuid: FileId;
  source: string;
  username: string;
  attempts: Generated<number>;
  next_at: Generated<Date | null>;
  epoch: Generated<number>;
  part_key: string | null;
  total_files: Generated<number>;
  total_bytes: Generated<number>;
  transferred_bytes: Generated<number>;
  active_transfers: Generated<number>;
  created_at: Generated<Date>;
  started_at: Date | null;
  updated_at: Generated<Date>;
  ended_at: Date | null;
}

/** A path that has a history. */
export type FileRow = Selectable<FilesTable>;
/** What was granted to a user for a path. */
export type FilePermissionRow = Selectable<FilePermissionsTable>;
/** Content on its way to a path. */
export type FileTransferRow = Selectable<FileTransfersTable>;
