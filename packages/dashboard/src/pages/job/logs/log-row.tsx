import { formatSize } from '../../../ui/quantities.ts';
import type { LogLine } from './log-line.ts';
import type { LogMatcher } from './log-matcher.ts';
import { type LogSpan, matchSpans, parseSpans } from './log-spans.ts';

/** What {@link LogRow} shows. */
export interface LogRowProps {
  readonly line: LogLine;
  /** What the link of the line is called: its number, or a dot while that is not known. */
  readonly label: string;
  /** Said by screen readers, such as `Line 12`. */
  readonly name: string;
  readonly href: string;
  readonly matcher: LogMatcher | null;
  readonly isChosen: boolean;
  /** It is the match that was visited last. */
  readonly isCurrent: boolean;
  readonly onChoose: (line: LogLine, isRange: boolean) => void;
  readonly onShowWhole: (line: LogLine) => void;
}

/** One line of a log. Its text is never more than text, and its direction stays its own. */
export function LogRow(props: LogRowProps) {
  const { line, label, name, href, matcher, isChosen, isCurrent, onChoose, onShowWhole } = props;
  const classes = ['log-row', isChosen ? 'log-row-chosen' : '', isCurrent ? 'log-row-current' : ''];
  const choose = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    onChoose(line, event.shiftKey);
  };
  return (
    <div class={classes.join(' ').trim()} data-position={line.start}>
      <a class="log-number" href={href} aria-label={name} onClick={choose} tabIndex={-1}>
        {label}
      </a>
      <bdi class="log-text" dir="ltr">
        {contentOf(line, matcher)}
      </bdi>
      {line.isCut && (
        <button type="button" class="log-whole" onClick={() => onShowWhole(line)}>
          … show whole line ({formatSize(line.length)})
        </button>
      )}
    </div>
  );
}

function contentOf(line: LogLine, matcher: LogMatcher | null) {
  const spans = spansOf(line);
  const ranges = matcher === null ? [] : matcher.ranges(spans.map(({ text }) => text).join(''));
  if (ranges.length === 0 && spans.length === 1 && spans[0]?.classes === '') return spans[0].text;
  return matchSpans(spans, ranges).map(({ text, classes, isMatch }, index) =>
    isMatch ? (
      <mark key={index} class={classes}>
        {text}
      </mark>
    ) : (
      <span key={index} class={classes}>
        {text}
      </span>
    ),
  );
}

const known = new WeakMap<LogLine, readonly LogSpan[]>();

/** Parsed once, however often the row is drawn. */
function spansOf(line: LogLine): readonly LogSpan[] {
  const before = known.get(line);
  if (before !== undefined) return before;
  const spans = parseSpans(line.text);
  known.set(line, spans);
  return spans;
}
