import { Component, type ComponentChildren } from 'preact';
import { ApiFailure } from '../api/api-failure.ts';
import { FailureBox } from '../ui/failure-box.tsx';

interface State {
  readonly failure: ApiFailure | null;
}

/** Keeps a defect of one part of the page from taking the rest along. */
export class ErrorBoundary extends Component<{ readonly children?: ComponentChildren }, State> {
  override state: State = { failure: null };

  static override getDerivedStateFromError(error: unknown): State {
    const why = error instanceof Error ? error.message : String(error);
    const message = `This part of the page failed (${why}). The rest works on.`;
    const facts = { status: 500, code: null, message, problems: [], requestId: null };
    return { failure: new ApiFailure(facts) };
  }

  override componentDidCatch(error: unknown): void {
    reportError(error);
  }

  override render() {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return <FailureBox failure={failure} onRetry={() => this.setState({ failure: null })} />;
  }
}
