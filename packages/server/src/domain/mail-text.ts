import { describeReport, JOB_STATUS_DESCRIPTIONS, type JobView } from '@arras/contract';

/** A mail in our own words; values in it are free of control characters. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for all mails about one job, so that they form one conversation. */
  readonly threadId: string;
}

/** What a mail about a job is made from. */
export interface MailOccurrence {
  readonly event: string;
  /** The job as it was shown when the event happened. */
  readonly job: JobView;
  /** What a program sent with its own event; undefined at all other events. */
  readonly data?: unknown;
}

/** `Name: demo`. Only addresses of our own are links: a value of a user must not become one. */
interface Line {
  readonly label: string;
  readonly value: string;
  readonly isLink?: boolean;
}

/** The longest text of a custom event's data that a mail carries; the webhook carries all of it. */
const DATA_LENGTH = 16_384;

/**
 * The mail about an event of a job: the guide's sample, its sentence and its eight lines in its order, and behind them
 * why it ended and what it used; as text and as HTML with the same content. An event that a program sent itself has its data instead of the lines (spec:
 * notifications 10).
 */
export function renderJobMail({ event, job, data }: MailOccurrence): MailText {
  const name = oneLine(job.name);
  const sentence = sentenceOf(event, job, name);
  const frame = { subject: `${event}: ${name} (job ${job.id})`, threadId: job.id };
  if (data !== undefined && data !== null) return { ...frame, ...renderData(sentence, data) };
  return { ...frame, ...renderLines(sentence, jobLines(job, name)) };
}

/** The comma stands inside the quotes, as in the guide. */
function sentenceOf(event: string, job: JobView, name: string): string {
  return Object.hasOwn(JOB_STATUS_DESCRIPTIONS, event)
    ? `The status of job ${job.id}, "${name}," has changed to ${event}.`
    : `The event ${event} has occurred at job ${job.id}, "${name}."`;
}

function jobLines(job: JobView, name: string): readonly Line[] {
  const url = job._links.self.href;
  return [
    { label: 'Name', value: name },
    { label: 'URL', value: url, isLink: true },
    { label: 'Message', value: oneLine(job.lastStatusMessage ?? '') },
    { label: 'Submit Time', value: job.submitTime ?? '' },
    { label: 'Start Time', value: job.startTime ?? '' },
    { label: 'End Time', value: job.endTime ?? '' },
    { label: 'Output Path', value: oneLine(job.archivePath ?? job.outputPath ?? '') },
    { label: 'Output URL', value: `${url}/outputs`, isLink: true },
    ...explanationLines(job),
  ];
}

/** What the guide's mail does not know: why a job waits or ended, and what it used. */
function explanationLines({ waiting, endCause, report }: JobView): readonly Line[] {
  const isHopeless = waiting?.canStart === false;
  return [
    ...(isHopeless ? [{ label: 'Action', value: oneLine(waiting.action ?? waiting.sentence) }] : []),
    ...(endCause === null
      ? []
      : [{ label: 'Cause', value: oneLine(`${endCause.code}. ${endCause.sentence}`) }]),
    ...(endCause?.action ? [{ label: 'Action', value: oneLine(endCause.action) }] : []),
    // A job that ended well and wasted nothing gets the guide's mail and nothing else.
    ...(report === null || (report.notes.length === 0 && endCause === null) ? [] : describeReport(report)),
  ];
}

/** A mail about an event of another resource: its sentence and what the resource says of itself. */
export function renderResourceMail(request: {
  readonly event: string;
  /** `app demo-1.0` */
  readonly title: string;
  readonly uuid: string;
  readonly lines: readonly (readonly [label: string, value: string])[];
}): MailText {
  const title = oneLine(request.title);
  const sentence = `The event ${request.event} has occurred at the ${title} (${request.uuid}).`;
  const lines = request.lines.map(([label, value]): Line => ({ label, value: oneLine(value) }));
  return {
    subject: `${request.event}: ${title}`,
    threadId: request.uuid,
    ...renderLines(sentence, lines),
  };
}

function renderLines(sentence: string, lines: readonly Line[]): Pick<MailText, 'text' | 'html'> {
  const rows = lines.map(({ label, value }) => `${label}: ${value}`.trimEnd());
  return {
    text: [sentence, '', ...rows, ''].join('\n'),
    html: page(sentence, `<p>\n${lines.map(renderRow).join('\n')}\n</p>`),
  };
}

function renderData(sentence: string, data: unknown): Pick<MailText, 'text' | 'html'> {
  // JSON escapes the control characters below the blank only.
  const whole = withoutDirections(JSON.stringify(data, null, 2)).replace(/[^\P{Cc}\n]/gu, '');
  const shown = whole.length > DATA_LENGTH ? `${whole.slice(0, DATA_LENGTH).toWellFormed()}…` : whole;
  return {
    text: `${sentence}\n\n${shown}\n`,
    html: page(sentence, `<pre>${escapeHtml(shown)}</pre>`),
  };
}

function page(sentence: string, content: string): string {
  return `<!doctype html>\n<html><body>\n<p>${escapeHtml(sentence)}</p>\n${content}\n</body></html>\n`;
}

function renderRow({ label, value, isLink }: Line): string {
  const shown = escapeHtml(value);
  return `<strong>${label}:</strong> ${isLink ? `<a href="${shown}">${shown}</a>` : shown}<br>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A value on one line: no value can add a line to a mail, and so neither a header nor one of our own labels. */
function oneLine(value: string): string {
  return withoutDirections(value.toWellFormed())
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** Marks that turn the direction of text make a line show something else than it says. */
function withoutDirections(text: string): string {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}
