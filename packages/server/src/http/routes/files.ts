import type { HandlersOf } from '../handler.ts';
import { downloadFile } from './files-download.ts';
import { listFileHistory } from './files-history.ts';
import { listFiles } from './files-listing.ts';
import { deleteFile, manageFile } from './files-manage.ts';
import { grantFilePermission, listFilePermissions, revokeFilePermissions } from './files-permissions.ts';
import { uploadFile } from './files-upload.ts';

/** Operations on files. */
export const FILE_HANDLERS: HandlersOf<'Files'> = {
  listFiles,
  downloadFile,
  uploadFile,
  manageFile,
  deleteFile,
  listFileHistory,
  listFilePermissions,
  grantFilePermission,
  revokeFilePermissions,
};
