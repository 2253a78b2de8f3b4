import type { FieldProblem, ResolvedJobRequest } from '@arras/contract';
import type { CheckState } from './use-check.ts';

/** What {@link CheckSummary} shows. */
export interface CheckSummaryProps {
  readonly check: CheckState;
  /** Problems that no field of the page shows. */
  readonly elsewhere: readonly FieldProblem[];
}

/** What the service says of the request as a whole. */
export function CheckSummary({ check, elsewhere }: CheckSummaryProps) {
  return (
    <div class="check-summary" role="status">
      {check.kind === 'checking' && <p>The service is looking at it …</p>}
      {check.kind === 'sound' && <Sound resolved={check.resolved} />}
      {check.kind === 'refused' && (
        <p class="form-field-problem">
          <span aria-hidden="true">✗</span> {refusalOf(check)}
        </p>
      )}
      {elsewhere.length > 0 && (
        <ul>
          {elsewhere.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              {field !== '' && <code>{field}: </code>}
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function refusalOf({ failure }: Extract<CheckState, { kind: 'refused' }>): string {
  const { problems, message } = failure.facts;
  if (problems.length === 0) return message;
  return problems.length === 1
    ? 'One thing is not right yet.'
    : `${problems.length} things are not right yet.`;
}

function Sound({ resolved }: { readonly resolved: ResolvedJobRequest }) {
  const { executionSystem, batchQueue, nodeCount, processorsPerNode, maxRunTime, memoryPerNode } = resolved;
  const facts = [
    `${nodeCount} ${nodeCount === 1 ? 'node' : 'nodes'} × ${processorsPerNode}`,
    memoryPerNode > 0 && `${memoryPerNode} GB`,
    maxRunTime !== null && `at most ${maxRunTime}`,
  ].filter((fact) => fact !== false);
  return (
    <p class="check-summary-sound">
      <span aria-hidden="true">✓</span> The service would take it: on <bdi>{executionSystem}</bdi>
      {batchQueue !== null && (
        <>
          , queue <bdi>{batchQueue}</bdi>
        </>
      )}
      , {facts.join(', ')}
    </p>
  );
}
