import type { z } from 'zod';
import { appFormSchema } from './app-form.ts';
import {
  appPermissionRequestSchema,
  appPermissionSchema,
  userAppPermissionRequestSchema,
} from './app-permissions.ts';
import { appActionRequestSchema, appRequestSchema } from './app-request.ts';
import { appSchema, appSummarySchema } from './apps.ts';
import {
  clientRequestSchema,
  clientSchema,
  clientSubscriptionSchema,
  createdClientSchema,
  grantErrorSchema,
  grantedTokensSchema,
  tenantSchema,
  tokenGrantSchema,
} from './clients.ts';
import {
  deviceCodesSchema,
  deviceDecisionSchema,
  deviceRequestSchema,
  deviceSignInSchema,
} from './device-sign-ins.ts';
import { errorEnvelopeSchema } from './errors.ts';
import {
  fileActionRequestSchema,
  fileEntrySchema,
  fileHistoryEntrySchema,
  fileIngestRequestSchema,
  filePermissionRequestSchema,
  filePermissionSchema,
  fileReceiptSchema,
} from './files.ts';
import { identityChangeSchema, identityRequestSchema, identitySchema } from './identities.ts';
import { jobCountsSchema } from './job-counts.ts';
import {
  jobPermissionRequestSchema,
  jobPermissionSchema,
  userJobPermissionRequestSchema,
} from './job-permissions.ts';
import { jobRequestSchema } from './job-request.ts';
import {
  historyEntrySchema,
  jobActionRequestSchema,
  jobSchema,
  jobStatusesRequestSchema,
  jobStatusesSchema,
  jobStatusViewSchema,
  jobSummarySchema,
  outputEntrySchema,
  resolvedJobRequestSchema,
  resubmissionSchema,
} from './jobs.ts';
import { replicaLoadSchema, serviceLoadSchema, taskLoadSchema } from './load.ts';
import {
  jsonSchemaRequestSchema,
  jsonSchemaSchema,
  metadataPermissionRequestSchema,
  metadataPermissionSchema,
  metadataRequestSchema,
  metadataSchema,
  metadataUpdateSchema,
  userMetadataPermissionRequestSchema,
} from './metadata.ts';
import {
  attemptSchema,
  customEventEchoSchema,
  customEventSchema,
  deliverySchema,
  fireRequestSchema,
  notificationRequestSchema,
  notificationSchema,
  notificationSummarySchema,
  notificationUpdateSchema,
  previewRequestSchema,
  previewSchema,
  replayRequestSchema,
  replayResultSchema,
  testRequestSchema,
} from './notifications.ts';
import { postitRequestSchema, postitSchema } from './postits.ts';
import { profileRequestSchema, profileSchema, profileUpdateSchema } from './profiles.ts';
import { appHistoryEntrySchema, systemHistoryEntrySchema } from './resource-history.ts';
import { savedFilterRequestSchema, savedFilterSchema } from './saved-filters.ts';
import { livenessSchema, openApiDocumentSchema, readinessSchema } from './service.ts';
import { sessionRequestSchema, sessionSchema, signInWaysSchema } from './sessions.ts';
import { credentialsRequestSchema } from './system-connections.ts';
import { partHealthSchema, systemHealthSchema } from './system-health.ts';
import {
  queueRequestSchema,
  roleRequestSchema,
  systemActionRequestSchema,
  systemRequestSchema,
  systemUpdateSchema,
  userRoleRequestSchema,
} from './system-request.ts';
import {
  credentialSchema,
  executionSystemSchema,
  queueSchema,
  storageSystemSchema,
  systemCheckSchema,
  systemRoleSchema,
  systemSchema,
  systemSummarySchema,
} from './systems.ts';
import { createdTokenSchema, tokenRequestSchema, tokenSchema } from './tokens.ts';
import { uuidSchema } from './uuids.ts';

/** Names of the bodies of requests in the OpenAPI document. */
export const REQUEST_COMPONENTS = {
  JobRequest: jobRequestSchema,
  JobActionRequest: jobActionRequestSchema,
  Resubmission: resubmissionSchema,
  JobStatusesRequest: jobStatusesRequestSchema,
  SavedFilterRequest: savedFilterRequestSchema,
  JobPermissionRequest: jobPermissionRequestSchema,
  UserJobPermissionRequest: userJobPermissionRequestSchema,
  CustomEvent: customEventSchema,
  NotificationRequest: notificationRequestSchema,
  NotificationUpdate: notificationUpdateSchema,
  FireRequest: fireRequestSchema,
  TestRequest: testRequestSchema,
  ReplayRequest: replayRequestSchema,
  PreviewRequest: previewRequestSchema,
  SystemRequest: systemRequestSchema,
  SystemUpdate: systemUpdateSchema,
  SystemActionRequest: systemActionRequestSchema,
  RoleRequest: roleRequestSchema,
  UserRoleRequest: userRoleRequestSchema,
  QueueRequest: queueRequestSchema,
  CredentialsRequest: credentialsRequestSchema,
  AppRequest: appRequestSchema,
  AppActionRequest: appActionRequestSchema,
  AppPermissionRequest: appPermissionRequestSchema,
  UserAppPermissionRequest: userAppPermissionRequestSchema,
  FileActionRequest: fileActionRequestSchema,
  FileIngestRequest: fileIngestRequestSchema,
  FilePermissionRequest: filePermissionRequestSchema,
  MetadataRequest: metadataRequestSchema,
  MetadataUpdate: metadataUpdateSchema,
  JsonSchemaRequest: jsonSchemaRequestSchema,
  MetadataPermissionRequest: metadataPermissionRequestSchema,
  UserMetadataPermissionRequest: userMetadataPermissionRequestSchema,
  PostitRequest: postitRequestSchema,
  ProfileRequest: profileRequestSchema,
  ProfileUpdate: profileUpdateSchema,
  IdentityRequest: identityRequestSchema,
  TokenRequest: tokenRequestSchema,
  DeviceRequest: deviceRequestSchema,
  DeviceDecision: deviceDecisionSchema,
  SessionRequest: sessionRequestSchema,
  ClientRequest: clientRequestSchema,
  TokenGrant: tokenGrantSchema,
} as const satisfies Record<string, z.ZodType>;

/** Names of results in the OpenAPI document. */
export const RESULT_COMPONENTS = {
  ErrorEnvelope: errorEnvelopeSchema,
  Job: jobSchema,
  JobSummary: jobSummarySchema,
  JobCounts: jobCountsSchema,
  JobStatus: jobStatusViewSchema,
  JobStatuses: jobStatusesSchema,
  SavedFilter: savedFilterSchema,
  HistoryEntry: historyEntrySchema,
  OutputEntry: outputEntrySchema,
  ResolvedJobRequest: resolvedJobRequestSchema,
  JobPermission: jobPermissionSchema,
  CustomEventEcho: customEventEchoSchema,
  Notification: notificationSchema,
  NotificationSummary: notificationSummarySchema,
  Attempt: attemptSchema,
  Delivery: deliverySchema,
  ReplayResult: replayResultSchema,
  Preview: previewSchema,
  ExecutionSystem: executionSystemSchema,
  StorageSystem: storageSystemSchema,
  System: systemSchema,
  SystemSummary: systemSummarySchema,
  SystemHistoryEntry: systemHistoryEntrySchema,
  SystemRole: systemRoleSchema,
  Queue: queueSchema,
  Credential: credentialSchema,
  SystemCheck: systemCheckSchema,
  SystemHealth: systemHealthSchema,
  PartHealth: partHealthSchema,
  ServiceLoad: serviceLoadSchema,
  TaskLoad: taskLoadSchema,
  ReplicaLoad: replicaLoadSchema,
  App: appSchema,
  AppForm: appFormSchema,
  AppSummary: appSummarySchema,
  AppPermission: appPermissionSchema,
  AppHistoryEntry: appHistoryEntrySchema,
  FileEntry: fileEntrySchema,
  FileReceipt: fileReceiptSchema,
  FileHistoryEntry: fileHistoryEntrySchema,
  FilePermission: filePermissionSchema,
  Metadata: metadataSchema,
  JsonSchema: jsonSchemaSchema,
  MetadataPermission: metadataPermissionSchema,
  Postit: postitSchema,
  Uuid: uuidSchema,
  Profile: profileSchema,
  Identity: identitySchema,
  IdentityChange: identityChangeSchema,
  Token: tokenSchema,
  CreatedToken: createdTokenSchema,
  DeviceCodes: deviceCodesSchema,
  DeviceSignIn: deviceSignInSchema,
  SignInWays: signInWaysSchema,
  Session: sessionSchema,
  Client: clientSchema,
  CreatedClient: createdClientSchema,
  ClientSubscription: clientSubscriptionSchema,
  GrantedTokens: grantedTokensSchema,
  GrantError: grantErrorSchema,
  Tenant: tenantSchema,
  Liveness: livenessSchema,
  Readiness: readinessSchema,
  OpenApiDocument: openApiDocumentSchema,
} as const satisfies Record<string, z.ZodType>;

const NAMES: ReadonlyMap<z.ZodType, string> = new Map(
  Object.entries({ ...REQUEST_COMPONENTS, ...RESULT_COMPONENTS }).map(([name, schema]) => [schema, name]),
);

/**
 * The name of a schema that a route uses.
 *
 * @throws Error when the schema has no name: add it to the tables above.
 */
export function componentName(schema: z.ZodType): string {
  const name = NAMES.get(schema);
  if (name === undefined) throw new Error('a route uses a schema that has no name in components.ts');
  return name;
}
