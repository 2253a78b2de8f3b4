import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { ApiFailure } from '../../api/api-failure.ts';
import { call } from '../../api/call.ts';
import { navigate, query, setQuery } from '../../routing/place.ts';
import { serviceUrl } from '../../routing/service-path.ts';
import { noteFailure } from '../../session/session.ts';
import { putJobs } from '../../store/jobs.ts';
import { CopyMenu } from '../../ui/copy-menu.tsx';
import { FailureBox } from '../../ui/failure-box.tsx';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { say } from '../../ui/toasts.tsx';
import { fieldsOf } from './app-fields.ts';
import { AppPart } from './app-part.tsx';
import { CheckSummary } from './check-summary.tsx';
import { copySubmission } from './copy-submission.ts';
import { GENERAL_FIELDS, GeneralPart } from './general-part.tsx';
import { JsonPart } from './json-part.tsx';
import { NotifyPart, notifyFields } from './notify-part.tsx';
import { placeProblems } from './place-problems.ts';
import type { Template, TemplateSource } from './read-template.ts';
import type { Draft } from './request-edits.ts';
import { SubmissionKey } from './submission-key.ts';
import { bodyOf, useCheck } from './use-check.ts';

/** What {@link RequestForm} begins with. */
export interface RequestFormProps {
  readonly template: Template;
  readonly source: TemplateSource;
}

const TABS = [
  { id: 'form', label: 'Form' },
  { id: 'json', label: 'JSON' },
] as const;

/** The request as a form and as JSON, what the service says of it, and the button that sends it. */
export function RequestForm({ template, source }: RequestFormProps) {
  const { app, queues } = template;
  const draft = useSignal(template.draft);
  const fields = useMemo(() => fieldsOf(app), [app]);
  const check = useCheck(draft.value);
  const { isBusy, failure, submit } = useSubmission();
  const tab = query.value.get('tab') === 'json' ? 'json' : 'form';
  const shown = [...GENERAL_FIELDS, ...fields.map(({ path }) => path), ...notifyFields(draft.value)];
  const problems = check.kind === 'refused' ? check.failure.facts.problems : [];
  const { atField, elsewhere } = placeProblems(problems, tab === 'form' ? shown : []);
  const part = { draft: draft.value, onChange: (next: Draft) => (draft.value = next), problems: atField };
  return (
    <form
      class="request-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit(draft.value);
      }}
    >
      <Head template={template} source={source} draft={draft.value} />
      <Tabs
        tabs={TABS}
        current={tab}
        onChange={(id) => setQuery({ tab: id === 'form' ? null : id })}
        label="Request"
      />
      <TabPanel key={tab} id={tab}>
        {tab === 'json' ? (
          <JsonPart draft={draft.value} onChange={part.onChange} />
        ) : (
          <>
            <AppPart fields={fields} {...part} />
            <GeneralPart queues={queues} {...part} />
            <NotifyPart {...part} />
          </>
        )}
      </TabPanel>
      {failure !== null && <FailureBox failure={failure} />}
      <div class="submit-foot">
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? 'Submitting …' : 'Submit'}
        </button>
        <CheckSummary check={check} elsewhere={elsewhere} />
      </div>
    </form>
  );
}

interface HeadProps extends RequestFormProps {
  readonly draft: Draft;
}

function Head({ template: { app }, source, draft }: HeadProps) {
  return (
    <>
      <header class="submit-head">
        <h1>
          Submit <bdi>{app.label ?? app.name}</bdi>
        </h1>
        <CopyMenu {...copySubmission(draft, serviceUrl())} />
      </header>
      <p class="submit-about">
        <code>{app.id}</code> on{' '}
        <a href={`/ui/systems/${encodeURIComponent(app.executionSystem)}`}>
          <bdi>{app.executionSystem}</bdi>
        </a>
        {app.shortDescription !== null && <> · {app.shortDescription}</>} ·{' '}
        <a href="/ui/submit">another app</a>
        {'from' in source && (
          <>
            {' '}
            · as <a href={`/ui/jobs/${encodeURIComponent(source.from)}`}>an earlier job</a>, with what you
            change
          </>
        )}
      </p>
    </>
  );
}

/** Sends a request once, however often somebody clicks, and goes to the job that came of it. */
function useSubmission() {
  const keys = useRef(new SubmissionKey());
  const isBusy = useSignal(false);
  const failure = useSignal<ApiFailure | null>(null);
  const submit = async (draft: Draft) => {
    if (isBusy.value) return;
    isBusy.value = true;
    failure.value = null;
    try {
      const headers = { 'idempotency-key': keys.current.of(draft) };
      const job = await call('submitJob', { body: bodyOf(draft), headers });
      putJobs([job]);
      say(`Submitted ${job.name}.`);
      navigate(`/ui/jobs/${job.id}`);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      noteFailure(error);
      failure.value = error;
    } finally {
      isBusy.value = false;
    }
  };
  return { isBusy: isBusy.value, failure: failure.value, submit };
}
