import type { PreviewView, Readiness, SystemCheck } from '@arras/contract';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Authenticator } from '../auth/authenticate.ts';
import type { CheckPassword } from '../auth/check-password.ts';
import type { HashUserCode } from '../auth/device-codes.ts';
import type { JobTokens } from '../auth/job-token.ts';
import type { MessageKeys } from '../auth/message-keys.ts';
import type { OidcSignIn } from '../auth/oidc/sign-in.ts';
import type { SecretBox } from '../auth/secret-box.ts';
import type { SessionCookies } from '../auth/session-cookie.ts';
import type { BeginSession } from '../auth/sessions.ts';
import type { Db } from '../database/connection.ts';
import type { DeliveryAttemptRow, JobRow, SystemRow } from '../database/tables.ts';
import type { NewId } from '../domain/id-source.ts';
import type { FormatTime } from '../domain/timestamp.ts';
import type { Heard, HeardMessage } from '../engine/hear-message.ts';
import type { PauseResult } from '../engine/pause.ts';
import type { StopOrder } from '../engine/stop.ts';
import type { Targets } from '../engine/targets.ts';
import type { Feed } from '../events/feed.ts';
import type { Shot } from '../notifications/fire.ts';
import type { Realtime } from '../realtime/realtime.ts';
import type { SshEndpoint } from '../ssh/ssh-endpoint.ts';
import type { LoadMeter } from './load-meter.ts';
import type { Polling } from './polling/polling.ts';
import type { GrowingFiles } from './tail/growing-files.ts';

/** What users can do to a job that is under way. */
export interface JobControl {
  stopJob(job: JobRow, order: StopOrder): Promise<JobRow>;
  pauseJob(job: JobRow): Promise<PauseResult>;
  resumeJob(job: JobRow): Promise<PauseResult>;
  /** Takes in what the try of a job says of itself; its signature has been verified. */
  hearMessage(message: HeardMessage): Promise<Heard>;
}

/** What users can do with messages at once. */
export interface MessageControl {
  /** Makes one attempt and stores it; the subscription and its deliveries stay as they are. */
  fireNow(shot: Shot): Promise<DeliveryAttemptRow>;
  /** What an event of the job would send to the URL. */
  preview(request: {
    readonly url: string;
    readonly job: JobRow;
    readonly event: string;
  }): Promise<PreviewView>;
  /** Why the service would not call this URL, as far as the URL alone tells; null when it would. */
  checkUrl(url: string): string | null;
}

/** Hosts outside, as far as requests about systems need them. */
export interface HostControl {
  /** The keys that a host shows, without entering it. `trusted`: it may have a private address. */
  showHostKeys(
    where: {
      readonly host: string;
      readonly port: number;
      /** The host through which it is reached; null: directly. */
      readonly via: SshEndpoint | null;
    },
    options: { readonly trusted: boolean },
  ): Promise<
    | { readonly kind: 'shown'; readonly hostKeys: readonly string[] }
    | { readonly kind: 'hidden'; readonly reason: string }
  >;
  /** Enters a system step by step and says how each step went. */
  checkSystem(system: SystemRow): Promise<readonly SystemCheck[]>;
}

/** Says how often something may be done for a subject. */
export interface RateLimit {
  /** True when it may be done now; counts it if so. */
  admits(subject: string): boolean;
}

/** As {@link RateLimit}, of what is counted only when it fails. */
export interface GuessLimit extends RateLimit {
  /** Whether it may be done now; counts nothing. */
  hasRoom(subject: string): boolean;
  /** Takes back what was counted and has not failed. */
  giveBack(subject: string): void;
}

/** What signing in on machines without a browser needs. */
export interface DeviceControl {
  readonly hashUserCode: HashUserCode;
  /** Sign-ins that are begun, by address. */
  readonly beginLimit: RateLimit;
  /** Codes that there are not, by user. */
  readonly codeLimit: GuessLimit;
}

/** What every handler works with; made once by compose. */
export interface HttpContext {
  readonly db: Db;
  readonly newId: NewId;
  /** Base of every address in an answer, without a slash at the end. Known once the server listens. */
  readonly publicUrl: () => string;
  /** The envelope's version, such as `2.4.9-r1a2b3c4`: existing clients choose their models by it. */
  readonly version: string;
  readonly tenant: string;
  readonly formatTime: FormatTime;
  readonly log: Logger;
  readonly now: () => Date;
  /** Whether the service can do its work; never rejects. */
  readonly isReady: () => Promise<Readiness>;
  readonly metrics: Registry;
  /** What the service has in hand. */
  readonly load: Pick<LoadMeter, 'read'>;
  /** The OpenAPI document as JSON text. */
  readonly openApi: string;
  /** Unpredictable bytes. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly auth: Authenticator;
  readonly checkPassword: CheckPassword;
  /** The cookie in which browsers hold their session. */
  readonly cookies: SessionCookies;
  readonly beginSession: BeginSession;
  /** null: nobody can sign in at an OpenID provider. */
  readonly oidc: OidcSignIn | null;
  /** The OpenID provider whose users may sign in; null: none. */
  readonly oidcIssuer: string | null;
  /** Programs that users sign in elsewhere. */
  readonly devices: DeviceControl;
  /** What is new, in this process and in others. */
  readonly feed: Feed;
  /** What polls are answered with. */
  readonly polling: Polling;
  /** Open streams. */
  readonly realtime: Realtime;
  /** Files that somebody follows. */
  readonly growingFiles: GrowingFiles;
  readonly targets: Targets;
  readonly hosts: HostControl;
  readonly engine: JobControl;
  readonly notifications: MessageControl;
  /** Seals the secrets of subscriptions. */
  readonly secrets: SecretBox;
  readonly jobTokens: JobTokens;
  readonly messageKeys: MessageKeys;
  /** Calls from inside one job. */
  readonly callbackLimit: RateLimit;
  /** Messages that users send by hand, by subscription. */
  readonly fireLimit: RateLimit;
  /** Postits that there are not, by the address that asks for them. */
  readonly guessLimit: GuessLimit;
  /** Longest time a new job may wait for its inputs, in milliseconds. */
  readonly stagingDeadlineMs: number;
  /** Bytes of a file that is uploaded at most; null for any number. */
  readonly maxUploadBytes: number | null;
}
