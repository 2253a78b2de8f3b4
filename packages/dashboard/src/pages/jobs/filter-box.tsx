import { FILTER_KEYS, type FilterProblem, type FilterTerm } from '@arras/contract';
import type { RefObject } from 'preact';
import { withoutTerm } from './filter-edits.ts';
import './filter-box.css';

/** What {@link FilterBox} shows. */
export interface FilterBoxProps {
  readonly text: string;
  /** The terms of the text; those of the last one that could be read, while it cannot. */
  readonly terms: readonly FilterTerm[];
  readonly problem: FilterProblem | null;
  readonly onChange: (text: string) => void;
  readonly input: RefObject<HTMLInputElement | null>;
}

/** The filter as text, and each of its terms as a chip that can be taken away. */
export function FilterBox({ text, terms, problem, onChange, input }: FilterBoxProps) {
  return (
    <div class="filter-box" role="search">
      <label class="filter-box-label">
        <span class="visually-hidden">Filter</span>
        <input
          class="filter-box-input"
          type="search"
          ref={input}
          value={text}
          placeholder='status:failed app:plot* created:>7d name~"rna seq"'
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : 'filter-box-problem'}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </label>
      {problem !== null && <Problem text={text} problem={problem} />}
      {terms.length > 0 && problem === null && (
        <ul class="filter-box-terms" aria-label="Terms of the filter">
          {terms.map((term, index) => (
            <li key={`${index} ${term.text}`}>
              <span class="filter-box-term" title={`API: ${term.parameters.join(', ')}`}>
                <bdi>{term.text}</bdi>
                <button
                  type="button"
                  class="filter-box-remove"
                  aria-label={`Remove ${term.text}`}
                  onClick={() => onChange(withoutTerm(terms, index))}
                >
                  <span aria-hidden="true">✕</span>
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      <details class="filter-box-help">
        <summary>What can be filtered by</summary>
        <dl>
          {Object.entries(FILTER_KEYS).map(([name, { example, description }]) => (
            <div key={name}>
              <dt>
                <code>{example}</code>
              </dt>
              <dd>{description}</dd>
            </div>
          ))}
        </dl>
        <p>
          Terms stand with blanks between them and all hold; <code>-</code> before one turns it round. Words
          alone are sought in the name.
        </p>
      </details>
    </div>
  );
}

/** Points at the character: what is before it is kept, so that the mark stands below it. */
function Problem({ text, problem }: { readonly text: string; readonly problem: FilterProblem }) {
  const { position, message } = problem;
  return (
    <div class="filter-box-problem" id="filter-box-problem" role="status">
      <pre aria-hidden="true">
        {text.slice(0, position)}
        <mark>{text.slice(position, position + 1) || ' '}</mark>
        {text.slice(position + 1)}
      </pre>
      <span>
        {message} <small>(character {position + 1})</small>
      </span>
    </div>
  );
}
