import { serviceUrl } from '../../routing/service-path.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { CopyMenu } from '../../ui/copy-menu.tsx';
import { COLUMN_NAMES, COLUMNS, type Density, type ListLook, toggleColumn } from './columns.ts';
import { copyFormsOf } from './copy-forms.ts';
import { GROUPINGS, type Grouping, parseGrouping } from './grouping.ts';
import { type Query, renderQuery } from './list-query.ts';
import './list-tools.css';

/** What {@link ListTools} shows. */
export interface ListToolsProps {
  readonly filter: string;
  readonly query: Query;
  readonly look: ListLook;
  readonly onLook: (look: ListLook) => void;
  readonly grouping: Grouping;
  readonly onGroup: (grouping: Grouping) => void;
}

/** How the list is shown, and how the same is asked elsewhere. */
export function ListTools({ filter, query, look, onLook, grouping, onGroup }: ListToolsProps) {
  const address = `/jobs/v2?${renderQuery(query)}`;
  return (
    <div class="list-tools">
      <label>
        <span class="visually-hidden">Group by</span>
        <select
          value={grouping}
          onChange={({ currentTarget }) => onGroup(parseGrouping(currentTarget.value))}
        >
          {Object.entries(GROUPINGS).map(([name, title]) => (
            <option key={name} value={name}>
              {name === 'none' ? title : `By ${title.toLowerCase()}`}
            </option>
          ))}
        </select>
      </label>
      <details class="list-tools-columns">
        <summary class="button">Columns</summary>
        <fieldset class="list-tools-panel">
          <legend class="visually-hidden">Columns</legend>
          {COLUMN_NAMES.map((name) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={look.columns.includes(name)}
                onChange={() => onLook(toggleColumn(look, name))}
              />{' '}
              {COLUMNS[name].title}
            </label>
          ))}
          <label>
            <input
              type="checkbox"
              checked={look.density === 'compact'}
              onChange={() => onLook({ ...look, density: otherDensity(look) })}
            />{' '}
            Close rows
          </label>
        </fieldset>
      </details>
      <CopyMenu {...copyFormsOf({ filter, query, origin: serviceUrl() })} />
      <details class="list-tools-query">
        <summary>API query</summary>
        <code>GET {address}</code> <CopyButton text={address} label="API query" />
      </details>
    </div>
  );
}

function otherDensity({ density }: ListLook): Density {
  return density === 'compact' ? 'comfortable' : 'compact';
}
