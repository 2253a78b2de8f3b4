import { parseTable, separatorOf } from './parse-table.ts';

/** What {@link TablePreview} shows. */
export interface TablePreviewProps {
  readonly text: string;
  readonly mimeType: string;
  /** The text is not the whole file. */
  readonly isPart: boolean;
  readonly name: string;
}

/** Separated values as a table; the first row is its head. */
export function TablePreview({ text, mimeType, isPart, name }: TablePreviewProps) {
  const { rows, isCut } = parseTable(text, separatorOf(text, mimeType), { isPart });
  const [head = [], ...body] = rows;
  return (
    <>
      {isCut && <p>This is only the beginning of the table.</p>}
      <div class="preview-scroll" role="region" aria-label={`Table of ${name}`} tabIndex={0}>
        <table class="preview-table">
          <thead>
            <tr>
              {head.map((cell, index) => (
                <th key={index} scope="col">
                  <bdi>{cell}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((row, index) => (
              <tr key={index}>
                {row.map((cell, index) => (
                  <td key={index}>
                    <bdi>{cell}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
