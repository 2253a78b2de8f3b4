import { query } from '../../routing/place.ts';
import { useCall } from '../../store/use-call.ts';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { AppPicker } from './app-picker.tsx';
import { readTemplate, type TemplateSource } from './read-template.ts';
import { RequestForm } from './request-form.tsx';
import './submit-page.css';

/** Submits a job: of an app (`?app=`), as an earlier one with changes (`?from=`), or of an app to be chosen. */
export function Page() {
  const from = query.value.get('from');
  const app = query.value.get('app');
  if (from !== null) return <FromTemplate key={`from ${from}`} source={{ from }} />;
  return app === null ? <AppPicker /> : <FromTemplate key={`app ${app}`} source={{ app }} />;
}

function FromTemplate({ source }: { readonly source: TemplateSource }) {
  usePageTitle('Submit a job');
  const { state, refresh } = useCall((signal) => readTemplate(source, signal), []);
  if (state.value !== null) return <RequestForm template={state.value} source={source} />;
  if (state.kind === 'loading') return <Loading what="Reading the app" />;
  return (
    <>
      <h1>Submit a job</h1>
      {state.failure !== null && <FailureBox failure={state.failure} onRetry={refresh} />}
      <p>
        <a href="/ui/submit">Choose another app</a>
      </p>
    </>
  );
}
