/** What {@link MailView} shows. */
export interface MailViewProps {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * A mail as its reader sees it, and as text. The rendered one lies in a frame that runs nothing, sends nothing and
 * belongs to no origin, whatever is in it.
 */
export function MailView({ subject, text, html }: MailViewProps) {
  return (
    <div class="mail-view">
      <iframe class="mail-view-page" title={`Mail: ${subject}`} sandbox="" srcdoc={html} />
      <details>
        <summary>As text</summary>
        <pre tabIndex={0} aria-label="The mail as text">
          {text}
        </pre>
      </details>
    </div>
  );
}
