import { describeReport, type EndReportView } from '@arras/contract';
import './end-report.css';

/** What a job used of what it asked for, and what to ask for next time. */
export function EndReport({ report }: { readonly report: EndReportView }) {
  const lines = describeReport(report);
  const measures = [report.wallTime, report.cpuTime, report.memory].filter((share) => share !== null);
  const notes = report.notes.map(({ sentence }) => sentence);
  return (
    <section class="end-report" aria-label="What the job used">
      <h2>Used of what was asked for</h2>
      <dl>
        {lines.slice(0, measures.length).map(({ label, value }, index) => (
          <div key={label} class="end-report-measure">
            <dt>{label}</dt>
            <dd>
              <Share share={measures[index]?.share ?? null} /> {value}
            </dd>
          </div>
        ))}
      </dl>
      {notes.length > 0 && (
        <ul class="end-report-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The text beside it says the same. */
function Share({ share }: { readonly share: number | null }) {
  if (share === null) return null;
  return (
    <span class="end-report-bar" aria-hidden="true">
      <span style={{ width: `${Math.min(100, share * 100)}%` }} />
    </span>
  );
}
