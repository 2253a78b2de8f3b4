import { render } from 'preact';
import { App } from './app.tsx';
import { followKeys } from './keyboard/shortcuts.ts';
import { followPageLife } from './live/live.ts';
import { followPreferences } from './preferences/preferences.ts';
import { followNavigation } from './routing/place.ts';
import { followSession } from './session/follow-session.ts';
import { findSession } from './session/session.ts';
import { followStarred } from './starred/starred-jobs.ts';
import { followJobs } from './store/jobs.ts';
import { startClock } from './ui/clock.ts';
import './styles/tokens.css';
import './styles/base.css';

const root = document.getElementById('root');
if (root === null) throw new Error('expected an element with the id root in index.html');
// Before anything is drawn: nobody is to see the other theme for a moment.
followPreferences();
followNavigation();
followKeys();
followJobs();
followStarred();
followPageLife();
followSession();
startClock();
render(<App />, root);
await findSession();
