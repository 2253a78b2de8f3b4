import { render } from 'preact';
import { App } from './app.tsx';
import { followNavigation } from './routing/place.ts';
import { findSession } from './session/session.ts';
import './styles/tokens.css';
import './styles/base.css';

const root = document.getElementById('root');
if (root === null) throw new Error('expected an element with the id root in index.html');
followNavigation();
render(<App />, root);
await findSession();
