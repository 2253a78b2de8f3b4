import { createTransport, type SendMailOptions, type SMTPPoolOptions } from 'nodemailer';
import { formatMailAddress, parseMailAddress, parseSender } from '../domain/mail-address.ts';
import { cleanAnswer } from './answer-text.ts';
import type { AttemptResult, Channel, MailText, Message } from './channel.ts';
import { Exchange, type HeaderLine } from './exchange.ts';
import { describeMailFailure, MAIL_SENT, mailRefusedForEver, mailUnreachable } from './mail-failure.ts';
import { type MailServer, parseSmtpUrl } from './smtp-url.ts';

/** Connections to the mail server, and mails that one of them carries. */
const CONNECTIONS = 5;
const MAILS_PER_CONNECTION = 100;

/** Limits in milliseconds: mail servers may look up names before they greet, and scan a mail before they take it. */
const CONNECT_MS = 10_000;
const GREETING_MS = 15_000;
const SILENCE_MS = 30_000;
const WHOLE_MS = 60_000;

/** What the channel is made of. */
export interface EmailOptions {
  /** `ARRAS_SMTP_URL`; null: there is no mail server. */
  readonly smtpUrl: string | null;
  /** `ARRAS_MAIL_FROM`: `Arras <noreply@example.org>`. */
  readonly from: string;
  readonly version: string;
  /** Milliseconds for a whole mail, 60 s by default. */
  readonly wholeMs?: number;
}

/** Sends mails through SMTP. Throws an Error for a server's URL or a sender that cannot be used. */
export function createEmailChannel(options: EmailOptions): Channel {
  const sender = parseSender(options.from);
  if (sender === null) throw new Error('expected a sender such as Arras <noreply@example.org>');
  if (options.smtpUrl === null) return NO_SERVER;
  const transport = createTransport({ ...poolOptions(parseSmtpUrl(options.smtpUrl)), pool: true });
  const idDomain = sender.address.slice(sender.address.lastIndexOf('@') + 1);
  return {
    name: 'email',
    attempt: async (message, signal, exchange = new Exchange()) => {
      const recipient = parseMailAddress(message.target);
      if (recipient === null) return mailRefusedForEver('the address is no plain mail address');
      if (message.mail === null) return mailRefusedForEver('the event has no text for a mail');
      const frame = { sender, idDomain, recipient: formatMailAddress(recipient), version: options.version };
      const limit = AbortSignal.timeout(options.wholeMs ?? WHOLE_MS);
      try {
        const mail = composeMail(frame, message, message.mail);
        exchange.sent = shownHead(frame, mail);
        const sent = await transport.sendMail({
          ...mail,
          signal: AbortSignal.any([limit, signal]),
        });
        return { outcome: 'delivered', code: MAIL_SENT, message: cleanAnswer(sent.response) };
      } catch (error) {
        if (limit.aborted)
          return mailUnreachable('the mail server did not answer in time', 'timeout', exchange);
        if (signal.aborted) return mailUnreachable('the sending was cut off', 'cut-off', exchange);
        return describeMailFailure(error, exchange);
      }
    },
    close: async () => transport.close(),
  };
}

const NO_SERVER: Channel = {
  name: 'email',
  attempt: async (_message, _signal, exchange = new Exchange()): Promise<AttemptResult> =>
    mailUnreachable('no mail server is configured: set ARRAS_SMTP_URL', 'connect', exchange),
  close: async () => undefined,
};

function poolOptions({ host, port, implicitTls, startTls, credentials }: MailServer): SMTPPoolOptions {
  return {
    host,
    port,
    secure: implicitTls,
    requireTLS: startTls === 'required',
    ignoreTLS: startTls === 'never',
    // TLS that is only used when offered can be taken away by whoever stands between, so checking the certificate
    // would protect from nobody and shut out the many local servers that sign their own (RFC 7435).
    tls: { rejectUnauthorized: implicitTls || startTls === 'required' },
    ...(credentials !== null && { auth: credentials }),
    maxConnections: CONNECTIONS,
    maxMessages: MAILS_PER_CONNECTION,
    // Repeating is the policy's part: a mail sent again in here would be an attempt that nobody sees.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    dnsTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

interface Frame {
  readonly sender: { readonly name: string; readonly address: string };
  readonly recipient: string;
  readonly idDomain: string;
  readonly version: string;
}

/** The recipient is passed as a checked address with an envelope of its own, never as text to be parsed (R17). */
function composeMail(frame: Frame, message: Message, mail: MailText) {
  const thread = `<${mail.threadId}@${frame.idDomain}>`;
  return {
    from: frame.sender,
    to: { name: '', address: frame.recipient },
    envelope: { from: frame.sender.address, to: [frame.recipient] },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    date: message.attemptedAt,
    messageId: `<${message.messageId}@${frame.idDomain}>`,
    inReplyTo: thread,
    references: [thread],
    xMailer: false,
    headers: {
      'User-Agent': `Agave-Hookbot/${frame.version}`,
      'X-Agave-Delivery': message.deliveryId,
      'X-Agave-Notification': message.subscriptionId,
      'X-Agave-Event': message.event,
      // Keeps vacation notices and the like from answering (RFC 3834).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
  } satisfies SendMailOptions;
}

/** The head of a mail, but for what only says how its text is encoded. */
function shownHead(
  { sender, recipient }: Frame,
  mail: ReturnType<typeof composeMail>,
): readonly HeaderLine[] {
  return [
    ['From', sender.name === '' ? sender.address : `${sender.name} <${sender.address}>`],
    ['To', recipient],
    ['Subject', mail.subject],
    ['Date', mail.date.toUTCString()],
    ['Message-ID', mail.messageId],
    ['In-Reply-To', mail.inReplyTo],
    ['References', mail.references.join(' ')],
    ...Object.entries(mail.headers),
  ];
}
