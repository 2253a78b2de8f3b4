import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** What a control of a field is told. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
  readonly 'aria-required': boolean;
}

/** What {@link FormField} shows. */
export interface FormFieldProps {
  readonly label: ComponentChildren;
  readonly isRequired?: boolean;
  readonly description?: string;
  readonly hints?: readonly string[];
  /** What the service says about it. */
  readonly problems: readonly string[] | undefined;
  /** Stands before its label, as boxes do. Default: false. */
  readonly isInline?: boolean;
  readonly children: (control: ControlProps) => ComponentChildren;
}

/** A field of a form with all that is said about it, which a screen reader hears with it. */
export function FormField(props: FormFieldProps) {
  const { label, isRequired = false, description = '', hints = [], problems = [], isInline = false } = props;
  const id = useId();
  const ids = [
    (description !== '' || hints.length > 0) && `${id}-hint`,
    problems.length > 0 && `${id}-problem`,
  ].filter((each) => each !== false);
  const control = props.children({
    id,
    'aria-describedby': ids.length === 0 ? undefined : ids.join(' '),
    'aria-invalid': problems.length > 0,
    'aria-required': isRequired,
  });
  return (
    <div class={problems.length > 0 ? 'form-field form-field-wrong' : 'form-field'}>
      <div class={isInline ? 'form-field-inline' : 'form-field-head'}>
        {isInline && control}
        <label for={id}>
          <bdi>{label}</bdi>
          {isRequired && <span class="form-field-required"> required</span>}
        </label>
      </div>
      {!isInline && control}
      {(description !== '' || hints.length > 0) && (
        <p id={`${id}-hint`} class="form-field-hint">
          {[description, ...hints].filter((text) => text !== '').join(' · ')}
        </p>
      )}
      {problems.length > 0 && (
        <p id={`${id}-problem`} class="form-field-problem">
          <span aria-hidden="true">✗</span> {problems.join(' ')}
        </p>
      )}
    </div>
  );
}
