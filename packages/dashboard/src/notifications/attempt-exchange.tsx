import { type AttemptView, attemptCurl, attemptHead } from '@arras/contract';
import { call } from '../api/call.ts';
import { useCall } from '../store/use-call.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { FailureBox } from '../ui/failure-box.tsx';
import { Loading } from '../ui/loading.tsx';
import { quoteShell } from '../ui/quote-shell.ts';
import { bodyText, headText } from './body-text.ts';
import { MailView } from './mail-view.tsx';
import type { AttemptRow } from './read-attempts.ts';

/** What went out in an attempt beside what came back, read when it is shown. */
export function AttemptExchange({ attempt }: { readonly attempt: AttemptRow }) {
  const { id: attemptId, notificationId: id } = attempt;
  const { state, refresh } = useCall(
    (signal) => call('showAttempt', { params: { id, attemptId }, signal }),
    [id, attemptId],
  );
  if (state.kind === 'loading') return <Loading what="Reading the attempt" />;
  return (
    <>
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      {state.value !== null && <Exchange attempt={state.value} />}
    </>
  );
}

function Exchange({ attempt }: { readonly attempt: AttemptView }) {
  return (
    <div class="exchange">
      <RequestPart attempt={attempt} />
      <ResponsePart attempt={attempt} />
    </div>
  );
}

function RequestPart({ attempt }: { readonly attempt: AttemptView }) {
  const { request, number, outcome } = attempt;
  const curl = attemptCurl(attempt, quoteShell);
  return (
    <section class="exchange-part" aria-label={`Request of attempt ${number}`}>
      <h4>Request</h4>
      <p class="exchange-line">
        <code>
          <bdi>{attemptHead(attempt)}</bdi>
        </code>
      </p>
      {request === null && (
        <p class="attempt-empty">
          {outcome === 'blocked' ? 'Nothing was sent.' : 'What was sent is not known.'}
        </p>
      )}
      {curl !== null && (
        <p>
          <CopyButton text={curl} label="as curl" isWide />
        </p>
      )}
      {request !== null && (
        <>
          <Headers headers={request.headers} of={`request of attempt ${number}`} />
          {request.mail !== null && <MailView {...request.mail} />}
          {request.body !== null && <Body text={request.body} of={`request of attempt ${number}`} />}
        </>
      )}
    </section>
  );
}

function ResponsePart({ attempt: { response, number, request } }: { readonly attempt: AttemptView }) {
  const { code, message, headers, body, truncated } = response;
  const of = `response to attempt ${number}`;
  const isMail = (request?.mail ?? null) !== null;
  return (
    <section class="exchange-part" aria-label={`Response to attempt ${number}`}>
      <h4>{isMail ? 'Answer of the mail server' : 'Response'}</h4>
      <p class="exchange-line">
        <code>{code === 0 || isMail ? '' : `${code} `}</code>
        {(body === null || body !== message) && <bdi>{message}</bdi>}
      </p>
      {headers !== null && headers.length > 0 && <Headers headers={headers} of={of} />}
      {body !== null && body !== '' && <Body text={body} of={of} />}
      {body === '' && <p class="attempt-empty">The body is empty.</p>}
      {headers !== null && body === null && (
        <p class="attempt-empty">The body is compressed; it is not unpacked.</p>
      )}
      {truncated && <p class="attempt-empty">There was more; only the beginning is kept.</p>}
    </section>
  );
}

interface HeadersProps {
  readonly headers: NonNullable<AttemptView['response']['headers']>;
  readonly of: string;
}

function Headers({ headers, of }: HeadersProps) {
  return (
    <div class="exchange-block">
      <table class="exchange-headers">
        <caption class="visually-hidden">Headers of the {of}</caption>
        <tbody>
          {headers.map(({ name, value }, index) => (
            <tr key={index}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>
                <bdi>{value}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <CopyButton text={headText(headers)} label={`headers of the ${of}`} />
    </div>
  );
}

/** A body is text, whatever is in it. What is copied are its bytes, not how it is laid out here. */
function Body({ text, of }: { readonly text: string; readonly of: string }) {
  return (
    <div class="exchange-block">
      <pre tabIndex={0} aria-label={`Body of the ${of}`}>
        {bodyText(text)}
      </pre>
      <CopyButton text={text} label={`body of the ${of}`} />
    </div>
  );
}
